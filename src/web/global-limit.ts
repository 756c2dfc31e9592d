import type { Clock } from '../clock.ts'
import { newId } from '../keys.ts'
import type { Store } from '../store/store.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'

/** A slice more than a second: what began at its edge is counted. */
const rateLimit: RateLimit = { name: 'global', window: 1100 }
const reportInterval = 100
/** What others were doing is not known after this. */
const stale = 1500

/**
 * The limit of the whole portal, shared by the processes on one store. Each tells there ten times a second what it
 * admitted, and reads what the others did. It may admit what they leave, and never less than its even part: processes that
 * all have more to do than they may end with equal parts.
 *
 * Between two readings a process knows of nothing new; what it may admit in a fifth of a second is bounded elsewhere
 * (`admission.ts`), so two that begin at the same instant exceed the limit by less than a third of it, once.
 */
export const createGlobalLimit = (deps: {
  store: Store
  rateLimiter: RateLimiter
  clock: Clock
  limit: number
}) => {
  const { store, rateLimiter, clock, limit } = deps
  const own = newId()
  let unreported = 0
  let others = 0
  let processes = 1
  let readAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | null = null

  const report = async () => {
    timer = null
    const count = unreported
    unreported = 0
    const totals = await store.transaction(async tx => {
      await rateLimiter.hit(tx, rateLimit, own, count)
      return rateLimiter.totals(rateLimit, tx)
    })
    others = totals.filter(({ key }) => key !== own).reduce((sum, { total }) => sum + total, 0)
    processes = new Set([...totals.map(({ key }) => key), own]).size
    readAt = clock.now()
  }

  return {
    /** What this process may admit in a second, as far as it knows. */
    capacity: () => {
      if (Math.abs(clock.now() - readAt) > stale) return limit
      return Math.max(limit / processes, limit - others)
    },
    /** Every 100 ms while something is admitted. */
    report,
    admitted: () => {
      unreported += 1
      timer ??= setTimeout(() => report().catch(() => {}), reportInterval)
    },
    close: async () => {
      if (!timer) return
      clearTimeout(timer)
      await report().catch(() => {})
    },
  }
}
