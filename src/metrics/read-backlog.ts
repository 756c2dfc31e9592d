import { type Clock, seconds } from '../clock.ts'
import { readMailBacklog } from '../notify/backlog.ts'
import { readDeliveryBacklog } from '../services/deliveries/backlog.ts'
import type { Store } from '../store/store.ts'
import type { Backlog } from './metrics.ts'

/** A collector that asks more often gets the last figures: it must not load the store. */
const kept = seconds(5)

/** What waits, as the store has it now. */
export const createBacklogReader = ({ store, clock }: { readonly store: Store; readonly clock: Clock }) => {
  let last: { readonly at: number; readonly backlog: Promise<Backlog> } | null = null
  const read = async (): Promise<Backlog> => {
    const { deliveries, sealed, oldest } = await readDeliveryBacklog(store.read)
    const { notices, mails, oldest: oldestMail } = await readMailBacklog(store.read)
    const age = (since: number | null) => (since === null ? 0 : Math.max(0, (clock.now() - since) / 1000))
    return {
      ...{ deliveries, notices, mails },
      sealedPasswords: sealed,
      oldestDelivery: age(oldest),
      oldestMail: age(oldestMail),
    }
  }
  return () => {
    const now = performance.now()
    if (!last || now - last.at >= kept) last = { at: now, backlog: read() }
    return last.backlog
  }
}
