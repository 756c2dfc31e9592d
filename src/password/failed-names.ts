import type { Clock } from '../clock.ts'
import type { Lockout } from '../directory/lockout.ts'
import { hmac, type Keys } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Tx } from '../store/store.ts'
import type { Network } from '../web/network.ts'
import type { RateLimit, RateLimiter } from '../web/rate-limiter.ts'

/** One failed name that is charged to a network. */
export type NameCharge = {
  readonly name: string
  readonly network: string
  readonly interval: number
  /** The first try of this name from this network: what was charged for it is refunded where nothing failed. */
  readonly isFirst: boolean
}

/**
 * How many names one network may fail for, whether they belong to an account or not; known browsers and sessions are not
 * counted. Beyond the cap the network is refused, and no row is evicted. Each network is charged for its own names alone: a
 * name that cost nothing because it had failed from elsewhere would reveal that it had. People who mistype and then sign in
 * cost nothing: each person who signs in from a network gives it one name back, not necessarily their own, or strangers on that
 * network would see whose it was. Beyond the daily cap a tenth of it is left in each lock-out interval, so that an
 * attacker who fills the cap blocks the other people of that network no longer than one interval.
 */
export const createFailedNames = (deps: {
  clock: Clock
  limits: Limits
  keys: Keys
  rateLimiter: RateLimiter
}) => {
  const { clock, limits, keys, rateLimiter } = deps
  const daily: RateLimit = { name: 'failed-names', window: limits.failedNamesWindow }
  const succeeded: RateLimit = { name: 'succeeded', window: limits.failedNamesWindow }
  const perInterval = (interval: number): RateLimit => ({
    name: 'failed-names-of-interval',
    window: interval,
  })
  const keyOf = ({ name, network }: Pick<NameCharge, 'name' | 'network'>) =>
    hmac(keys.of('subject'), 'name-of-network', network, name)

  const add = async (tx: Tx, charge: NameCharge, count: number) => {
    await rateLimiter.hit(tx, daily, keyOf(charge), count)
    await rateLimiter.hit(tx, daily, charge.network, count)
    if (charge.interval > 0) await rateLimiter.hit(tx, perInterval(charge.interval), charge.network, count)
  }

  /**
   * Locks the network's row until the transaction ends. It is locked before the row of any name: two transactions that lock
   * them in different orders would wait for each other, for PostgreSQL's `deadlock_timeout` of a second.
   */
  const lockNetwork = (tx: Tx, network: string) => rateLimiter.hit(tx, daily, network, 0)

  return {
    lockNetwork,

    /** Until when the network is full; `null`: it is not. */
    fullUntil: async (tx: Tx, { id, campus }: Network, { interval }: Lockout) => {
      // Names sent at once are counted one after the other.
      await lockNetwork(tx, id)
      const most = limits.failedNamesPerNetwork * (campus ? limits.campusFactor : 1)
      const givenBack = await rateLimiter.count(succeeded, id, tx)
      const opensAt = [await rateLimiter.opensAt(daily, id, most + givenBack, tx)]
      if (interval > 0)
        opensAt.push(await rateLimiter.opensAt(perInterval(interval), id, Math.ceil(most / 10), tx))
      const until = Math.min(...opensAt)
      return until > clock.now() ? until : null
    },

    charge: async (tx: Tx, name: string, network: Network, { interval }: Lockout): Promise<NameCharge> => {
      const tried = { name, network: network.id, interval }
      const charge = { ...tried, isFirst: (await rateLimiter.count(daily, keyOf(tried), tx)) === 0 }
      if (charge.isFirst) await add(tx, charge, 1)
      return charge
    },

    refund: async (tx: Tx, charge: NameCharge) => {
      if (charge.isFirst) await add(tx, charge, -1)
    },

    /** Counted once for each person and network in the window, whether or not that person failed there before. */
    recordSuccess: async (tx: Tx, charge: NameCharge) => {
      const personKey = keyOf(charge)
      if ((await rateLimiter.count(succeeded, personKey, tx)) > 0) return
      for (const key of [personKey, charge.network]) await rateLimiter.hit(tx, succeeded, key)
    },
  }
}
