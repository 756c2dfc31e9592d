import type { Clock } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { Store } from '../store/store.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'

/** One slice more than a second, so that what began at its edge is counted. */
const rateLimit: RateLimit = { name: 'global', window: 1100 }
const reportInterval = 100
/** After this many milliseconds the totals of the other processes are outdated. */
const stale = 1500

/**
 * The global limit, shared by the processes on one store. Ten times a second each process writes there how many requests
 * it admitted, and reads the totals of the others. It may admit what they leave, and never less than an equal share: when
 * all processes are overloaded they end with equal shares.
 *
 * Between two reads a process does not know what the others admit. `admission.ts` bounds what it admits in a fifth of a
 * second, so two processes that start together exceed the limit by less than a third of it, once.
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
      return rateLimiter.totalsByKey(rateLimit, tx)
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
    /** Called every 100 ms while requests are admitted. */
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
