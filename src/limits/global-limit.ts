import type { Clock } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { Store } from '../store/store.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'

/** One slice more than a second, so that what began at its edge is counted. */
const rateLimit: RateLimit = { name: 'global', window: 1100 }
const reportInterval = 100
/** After this many milliseconds the totals of the other processes are outdated. */
const stale = 1500

type Deps = {
  readonly store: Store
  readonly rateLimiter: RateLimiter
  readonly clock: Clock
  readonly limit: number
}

/** `others`: what the other processes admitted, as read at `readAt`. */
type State = Deps & {
  readonly ownKey: string
  unreported: number
  others: number
  processes: number
  readAt: number
  timer: NodeJS.Timeout | null
}

async function synchronize(state: State) {
  const { store, rateLimiter, clock, ownKey } = state
  state.timer = null
  const count = state.unreported
  state.unreported = 0
  const totals = await store.transaction(async tx => {
    await rateLimiter.hit(tx, rateLimit, ownKey, count)
    return rateLimiter.totalsByKey(rateLimit, tx)
  })
  state.others = totals.filter(({ key }) => key !== ownKey).reduce((sum, { total }) => sum + total, 0)
  state.processes = new Set([...totals.map(({ key }) => key), ownKey]).size
  state.readAt = clock.now()
}

function capacityOf({ clock, limit, readAt, processes, others }: State) {
  if (Math.abs(clock.now() - readAt) > stale) return limit
  return Math.max(limit / processes, limit - others)
}

async function close(state: State) {
  if (!state.timer) return
  clearTimeout(state.timer)
  await synchronize(state).catch(() => {})
}

/**
 * The global limit, shared by the processes on one store. Ten times a second each process writes there how many requests
 * it admitted, and reads the totals of the others. It may admit what they leave, and never less than an equal share: when
 * all processes are overloaded they end with equal shares.
 *
 * Between two reads a process does not know what the others admit. `admission.ts` bounds what it admits in a fifth of a
 * second, so two processes that start together exceed the limit by less than a third of it, once.
 */
export const createGlobalLimit = (deps: Deps) => {
  const state: State = {
    ...deps,
    ownKey: newId(),
    unreported: 0,
    others: 0,
    processes: 1,
    readAt: Number.NEGATIVE_INFINITY,
    timer: null,
  }
  return {
    /** How many posts this process may admit in a second, as far as it knows. */
    capacity: () => capacityOf(state),
    /** Called every 100 ms while requests are admitted. */
    synchronize: () => synchronize(state),
    admitted: () => {
      state.unreported += 1
      state.timer ??= setTimeout(() => synchronize(state).catch(() => {}), reportInterval)
    },
    close: () => close(state),
  }
}
