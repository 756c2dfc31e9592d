import type { Clock } from '../clock.ts'
import type { Lockout } from '../directory/lockout.ts'
import { hmac, type Keys } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Tx } from '../store/store.ts'
import type { Network } from '../web/network.ts'
import type { RateLimit, RateLimiter } from '../web/rate-limiter.ts'

/** One try of a name from one network. */
export type NameCharge = {
  readonly name: string
  readonly network: string
  readonly interval: number
  /** It is the first of this name from there: what it was charged for is given back where nothing failed. */
  readonly isFirst: boolean
}

/**
 * For how many names one network may fail, borne or not, its known browsers and sessions aside: no row is evicted, the
 * network is refused. Each network is charged for its own names alone: a name that cost nothing because it failed elsewhere
 * would tell that it did. People who mistype and then sign in cost nothing: each who does from there gives a name back,
 * whichever, or strangers there would see whose it was. Past the cap of a day a tenth of it is left in each lock-out
 * interval, so that whoever filled it shuts the others no longer than that.
 */
export const createFailedNames = (deps: {
  clock: Clock
  limits: Limits
  keys: Keys
  rateLimiter: RateLimiter
}) => {
  const { clock, limits, keys, rateLimiter } = deps
  const ofDay: RateLimit = { name: 'failed-names', window: limits.failedNamesWindow }
  const succeeded: RateLimit = { name: 'succeeded', window: limits.failedNamesWindow }
  const ofInterval = (interval: number): RateLimit => ({ name: 'failed-names-of-interval', window: interval })
  const keyOf = ({ name, network }: Pick<NameCharge, 'name' | 'network'>) =>
    hmac(keys.of('subject'), 'name-of-network', network, name)

  const add = async (tx: Tx, charge: NameCharge, count: number) => {
    await rateLimiter.hit(tx, ofDay, keyOf(charge), count)
    await rateLimiter.hit(tx, ofDay, charge.network, count)
    if (charge.interval > 0) await rateLimiter.hit(tx, ofInterval(charge.interval), charge.network, count)
  }

  /**
   * Holds the network's row until the transaction ends. It is taken before the row of any name: two transactions that take
   * them in different orders would wait for each other, for PostgreSQL's `deadlock_timeout` of a second.
   */
  const hold = (tx: Tx, network: string) => rateLimiter.hit(tx, ofDay, network, 0)

  return {
    hold,

    /** `null`: it is not full, else until when. */
    fullUntil: async (tx: Tx, { id, campus }: Network, { interval }: Lockout) => {
      // Names sent at once are counted one after the other.
      await hold(tx, id)
      const most = limits.failedNamesPerNetwork * (campus ? limits.campusFactor : 1)
      const givenBack = await rateLimiter.count(succeeded, id, tx)
      const opensAt = [await rateLimiter.opensAt(ofDay, id, most + givenBack, tx)]
      if (interval > 0)
        opensAt.push(await rateLimiter.opensAt(ofInterval(interval), id, Math.ceil(most / 10), tx))
      const until = Math.min(...opensAt)
      return until > clock.now() ? until : null
    },

    charge: async (tx: Tx, name: string, network: Network, { interval }: Lockout): Promise<NameCharge> => {
      const of = { name, network: network.id, interval }
      const charge = { ...of, isFirst: (await rateLimiter.count(ofDay, keyOf(of), tx)) === 0 }
      if (charge.isFirst) await add(tx, charge, 1)
      return charge
    },

    giveBack: async (tx: Tx, charge: NameCharge) => {
      if (charge.isFirst) await add(tx, charge, -1)
    },

    /** Once for each person and network in the window, whether or not that person failed there before. */
    noteSuccess: async (tx: Tx, charge: NameCharge) => {
      const ofPerson = keyOf(charge)
      if ((await rateLimiter.count(succeeded, ofPerson, tx)) > 0) return
      for (const key of [ofPerson, charge.network]) await rateLimiter.hit(tx, succeeded, key)
    },
  }
}
