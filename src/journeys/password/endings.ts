import { seconds } from '../../clock.ts'
import { receiptHandle } from '../../services/receipt/receipt.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { go, type Handler, problem } from '../../web/ask.ts'
import { guard } from '../steps/guard.ts'
import { donePage } from './done.page.tsx'
import type { Parts } from './parts.ts'

/** A receipt that moves is waited for a moment: most services answer before anybody could read « en cours ». */
const settledSoon = async (parts: Parts, handle: string) => {
  const until = parts.clock.now() + 900
  for (;;) {
    const receipt = await parts.receipts.find(handle)
    const moves = receipt?.standings.some(({ state }) => state === 'waiting' || state === 'written')
    const isFresh = receipt && parts.clock.now() - receipt.writtenAt < seconds(5)
    if (!(moves && isFresh) || parts.clock.now() > until) return receipt
    await parts.clock.sleep(75)
  }
}

/**
 * Step 4, 100 %: the receipt, for as long as it lives. The journey's own comes first; once that has expired, its cookie
 * shows the same.
 */
export const done =
  (parts: Parts, services: readonly ServiceSettings[]): Handler =>
  async ask => {
    const at = await guard(parts, ask, 'done')
    const handle = 'elsewhere' in at ? ask.cookie('receipt') : receiptHandle(ask.cookie('journey') ?? '')
    const receipt = handle && (await settledSoon(parts, handle))
    if (!receipt) return 'elsewhere' in at ? at.elsewhere : go(ask.href('journeyOver'))
    const cookie = { name: 'receipt', value: handle, maxAge: parts.limits.receipt / 1000 } as const
    const page = donePage({ ui: parts.ui(ask.language), receipt, services })
    return { kind: 'page', page, ...(!('elsewhere' in at) && { cookies: [cookie] }) }
  }

/** While a write is under way, or was cut: the truth, and nothing to do again. The page of the outcome comes by itself. */
export const writing =
  (parts: Parts): Handler =>
  async ask => {
    const until = parts.clock.now() + 3000
    for (;;) {
      const at = await guard(parts, ask, 'writing')
      if ('elsewhere' in at) return at.elsewhere
      if (parts.clock.now() > until) return problem('outcome-unknown', { retryAfter: 10 })
      await parts.clock.sleep(150)
    }
  }
