import type { Clock } from '../clock.ts'
import { newId } from '../keys.ts'
import type { Store } from '../store/store.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'

/** A tenth more than a second, so that posts at its edge are counted. */
const rateLimit: RateLimit = { name: 'global', window: 1100 }
const reportInterval = 100
/** After this time the counts of other processes are unknown. */
const stale = 1500

/**
 * The limit of the whole portal, shared by the processes on one store. Ten times a second each process reports there how
 * many posts it admitted, and reads what the others did. It may admit what they leave, and never less than its even share:
 * processes that all have more posts than the limit end up with equal shares.
 *
 * Between two reports a process knows nothing new. What it may admit in a fifth of a second is bounded (`admission.ts`), so
 * two processes that start at the same instant exceed the limit by less than a third of it, once.
 */
export const createGlobalLimit = (deps: {
  store: Store
  rateLimiter: RateLimiter
  clock: Clock
  limit: number
}) => {
  const { store, rateLimiter, clock, limit } = deps
  const ownKey = newId()
  let unreported = 0
  let others = 0
  let processes = 1
  let readAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | null = null

  const synchronize = async () => {
    timer = null
    const count = unreported
    unreported = 0
    const totals = await store.transaction(async tx => {
      await rateLimiter.hit(tx, rateLimit, ownKey, count)
      return rateLimiter.totals(rateLimit, tx)
    })
    others = totals.filter(({ key }) => key !== ownKey).reduce((sum, { total }) => sum + total, 0)
    processes = new Set([...totals.map(({ key }) => key), ownKey]).size
    readAt = clock.now()
  }

  return {
    /** How many posts this process may admit in a second, as far as it knows. */
    capacity: () => {
      if (Math.abs(clock.now() - readAt) > stale) return limit
      return Math.max(limit / processes, limit - others)
    },
    /** Reports and reads the counts; runs every 100 ms while posts are admitted. */
    synchronize,
    admitted: () => {
      unreported += 1
      timer ??= setTimeout(() => synchronize().catch(() => {}), reportInterval)
    },
    close: async () => {
      if (!timer) return
      clearTimeout(timer)
      await synchronize().catch(() => {})
    },
  }
}
