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

type FailedNamesDeps = {
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
}

function dailyOf(limits: Limits): RateLimit {
  return { name: 'failed-names', window: limits.failedNamesWindow }
}

function succeededOf(limits: Limits): RateLimit {
  return { name: 'succeeded', window: limits.failedNamesWindow }
}

function perInterval(interval: number): RateLimit {
  return { name: 'failed-names-of-interval', window: interval }
}

function keyOf(keys: Keys, { name, network }: Pick<NameCharge, 'name' | 'network'>) {
  return hmac(keys.of('subject'), 'name-of-network', network, name)
}

async function addToCharge(
  { limits, keys, rateLimiter }: FailedNamesDeps,
  tx: Tx,
  charge: NameCharge,
  count: number,
) {
  const daily = dailyOf(limits)
  await rateLimiter.hit(tx, daily, keyOf(keys, charge), count)
  await rateLimiter.hit(tx, daily, charge.network, count)
  if (charge.interval > 0) await rateLimiter.hit(tx, perInterval(charge.interval), charge.network, count)
}

function lockNetwork(
  { limits, rateLimiter }: Pick<FailedNamesDeps, 'limits' | 'rateLimiter'>,
  tx: Tx,
  network: string,
) {
  return rateLimiter.hit(tx, dailyOf(limits), network, 0)
}

async function fullUntil(deps: FailedNamesDeps, tx: Tx, { id, campus }: Network, { interval }: Lockout) {
  const { clock, limits, rateLimiter } = deps
  // Concurrent names are counted one after the other.
  await lockNetwork(deps, tx, id)
  const most = limits.failedNamesPerNetwork * (campus ? limits.campusFactor : 1)
  const givenBack = await rateLimiter.count(succeededOf(limits), id, tx)
  const opensAt = [await rateLimiter.opensAt(dailyOf(limits), id, most + givenBack, tx)]
  if (interval > 0)
    opensAt.push(await rateLimiter.opensAt(perInterval(interval), id, Math.ceil(most / 10), tx))
  const until = Math.min(...opensAt)
  return until > clock.now() ? until : null
}

async function chargeName(
  deps: FailedNamesDeps,
  tx: Tx,
  name: string,
  network: Network,
  { interval }: Lockout,
): Promise<NameCharge> {
  const { limits, keys, rateLimiter } = deps
  const tried = { name, network: network.id, interval }
  const before = await rateLimiter.count(dailyOf(limits), keyOf(keys, tried), tx)
  const charge = { ...tried, isFirst: before === 0 }
  if (charge.isFirst) await addToCharge(deps, tx, charge, 1)
  return charge
}

async function refundCharge(deps: FailedNamesDeps, tx: Tx, charge: NameCharge) {
  if (charge.isFirst) await addToCharge(deps, tx, charge, -1)
}

async function recordSuccess({ limits, keys, rateLimiter }: FailedNamesDeps, tx: Tx, charge: NameCharge) {
  const succeeded = succeededOf(limits)
  const personKey = keyOf(keys, charge)
  if ((await rateLimiter.count(succeeded, personKey, tx)) > 0) return
  for (const key of [personKey, charge.network]) await rateLimiter.hit(tx, succeeded, key)
}

/**
 * Limits for how many names, known or unknown, one network may fail; its known browsers and sessions do not count. No row
 * is evicted: the network is refused. Each network is charged for its own names only: a name that is free because it
 * failed from another network would reveal that. Each person who signs in from the network refunds one name, whichever it
 * is, so that strangers there cannot see whose name was refunded. Beyond the daily limit a tenth of it is available in each
 * lock-out interval, so that one attacker blocks the other people of the network no longer than that.
 */
export const createFailedNames = (deps: FailedNamesDeps) => ({
  /**
   * Locks the network's row until the transaction ends. It is locked before the row of any name: two transactions that
   * lock in different orders would deadlock, and wait for PostgreSQL's `deadlock_timeout` of a second.
   */
  lockNetwork: (tx: Tx, network: string) => lockNetwork(deps, tx, network),

  /** Until when the network is refused; `null`: it is not. */
  fullUntil: (tx: Tx, network: Network, lockout: Lockout) => fullUntil(deps, tx, network, lockout),

  charge: (tx: Tx, name: string, network: Network, lockout: Lockout) =>
    chargeName(deps, tx, name, network, lockout),

  refund: (tx: Tx, charge: NameCharge) => refundCharge(deps, tx, charge),

  /** Refunds once for each person and network in the window, whether or not that person failed there before. */
  recordSuccess: (tx: Tx, charge: NameCharge) => recordSuccess(deps, tx, charge),
})

export type FailedNames = ReturnType<typeof createFailedNames>
