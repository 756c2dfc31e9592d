import { type Clock, seconds } from '../../clock.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'

/** A receipt that moves is waited for a moment: most services answer before anybody could read « en cours ». */
export const awaitOutcome = async (
  deps: { readonly clock: Clock; readonly receipts: Receipts },
  handle: string,
) => {
  const until = deps.clock.now() + 900
  for (;;) {
    const receipt = await deps.receipts.find(handle)
    const moves = receipt?.statuses.some(({ state }) => state === 'waiting' || state === 'written')
    const isFresh = receipt && deps.clock.now() - receipt.writtenAt < seconds(5)
    if (!(moves && isFresh) || deps.clock.now() > until) return receipt
    await deps.clock.sleep(75)
  }
}
