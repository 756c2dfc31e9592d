import type { Clock } from '../clock.ts'
import { hmac } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Lockout } from '../directory/lockout.ts'
import type { Limits } from '../limits/limits.ts'
import type { Network } from '../limits/network.ts'
import type { RateLimit, RateLimiter } from '../limits/rate-limiter.ts'
import type { Tx } from '../store/store.ts'

/** One failed name that is charged to a network. */
export type NameCharge = {
  readonly name: string
  readonly network: string
  readonly interval: number
  /** First charge of this name to this network. Only the first one counts, and it is refunded when nothing failed. */
  readonly isFirst: boolean
}

/**
 * Limits for how many names, known or unknown, one network may fail; its known browsers and sessions do not count. No row
 * is evicted: the network is refused. Each network is charged for its own names only: a name that is free because it
 * failed from another network would reveal that. Each person who signs in from the network refunds one name, whichever it
 * is, so that strangers there cannot see whose name was refunded. Beyond the daily limit a tenth of it is available in each
 * lock-out interval, so that one attacker blocks the other people of the network no longer than that.
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
   * Locks the network's row until the transaction ends. It is locked before the row of any name: two transactions that
   * lock in different orders would deadlock, and wait for PostgreSQL's `deadlock_timeout` of a second.
   */
  const lockNetwork = (tx: Tx, network: string) => rateLimiter.hit(tx, daily, network, 0)

  return {
    lockNetwork,

    /** Until when the network is refused; `null`: it is not. */
    fullUntil: async (tx: Tx, { id, campus }: Network, { interval }: Lockout) => {
      // Concurrent names are counted one after the other.
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

    /** Refunds once for each person and network in the window, whether or not that person failed there before. */
    recordSuccess: async (tx: Tx, charge: NameCharge) => {
      const personKey = keyOf(charge)
      if ((await rateLimiter.count(succeeded, personKey, tx)) > 0) return
      for (const key of [personKey, charge.network]) await rateLimiter.hit(tx, succeeded, key)
    },
  }
}
