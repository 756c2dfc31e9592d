import { type Clock, minutes, seconds } from '../../clock.ts'
import type { Directory } from '../../directory/directory.ts'
import { hmac, type Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import { type Refused, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { RateLimit, RateLimiter } from '../../web/rate-limiter.ts'
import type { AccountRef, ProofResult } from '../services.ts'
import type { Failpoints } from '../source/source.ts'
import type { Deliveries } from './deliveries.ts'
import type { Delivery } from './delivery.ts'
import type { ServiceTarget } from './targets.ts'

/** `away`: the service, or the source that must be asked first, did not answer; it is left alone for a while. */
export type DeliveryOutcome = 'settled' | 'later' | 'away'

export type DeliverDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly keys: Keys
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
  /** The source of truth. */
  readonly directory: Directory
  readonly deliveries: Deliveries
  readonly failpoints: Failpoints
}

/** A service may be away for a moment only; a refused login may be a replica that lags; what hung may still be done. */
const again = { away: seconds(5), refusedLogin: seconds(20), unknown: seconds(30) }

/** Binds that say nothing against the password. */
const notAgainst = new Set(['password-expired', 'must-change'])

/**
 * Carries one claimed delivery as far as it goes now: asks the source when it is late, writes, logs in. What a write of
 * unknown outcome did is asked by a login before anything is written again.
 */
export const createDeliverer = (deps: DeliverDeps, target: ServiceTarget) => {
  const { store, clock, keys, limits, rateLimiter, directory, deliveries, failpoints } = deps
  const loginLimit: RateLimit = { name: 'service-login', window: limits.serviceLoginsWindow }
  const { writer, check } = target

  const away = async (held: Delivery): Promise<DeliveryOutcome> => {
    await deliveries.postpone(held, clock.now() + again.away)
    return 'away'
  }
  const settled = async (done: Promise<unknown>): Promise<DeliveryOutcome> => {
    await done
    await failpoints('delivery-settled')
    return 'settled'
  }

  /** Changed outside Sésame since: the newer choice stands. A freeze asks nobody. */
  const sourceHolds = async (held: Delivery, password: string) => {
    const isLate = held.writes > 0 || clock.now() - held.createdAt > minutes(1)
    if (!isLate || held.kind === 'freeze') return 'holds' as const
    const bound = await directory.bind(held.person, password)
    if (bound.ok || notAgainst.has(bound.reason)) return 'holds' as const
    return bound.reason === 'wrong-password' ? ('changed' as const) : ('away' as const)
  }

  const loginKey = ({ person, service }: Delivery) =>
    hmac(keys.of('subject'), 'service-login', service, person)
  const mayLogIn = async (held: Delivery) =>
    (await rateLimiter.count(loginLimit, loginKey(held))) < limits.serviceLogins

  const nextTurn = () => clock.now() + Math.ceil(limits.serviceLoginsWindow / 2)

  /** Refused logins are counted: a check must never be what locks the account. */
  const prove = async (
    held: Delivery,
    who: AccountRef,
    password: string,
  ): Promise<ProofResult | Refused<'no-turn'>> => {
    if (!check) return { ok: true }
    if (!(await mayLogIn(held))) return refused('no-turn')
    const proved = await check.prove(who, password)
    if (!proved.ok && proved.reason !== 'service-unavailable')
      await store.transaction(tx => rateLimiter.hit(tx, loginLimit, loginKey(held)))
    return proved
  }

  const proveWritten = async (held: Delivery, who: AccountRef, password: string, writtenAt: number) => {
    const proved = await prove(held, who, password)
    const now = clock.now()
    if (proved.ok) return settled(deliveries.proved(held, writtenAt, now))
    if (proved.reason === 'no-turn') {
      await deliveries.written(held, writtenAt, nextTurn(), held.logins)
      return 'later'
    }
    if (proved.reason === 'service-unavailable') {
      await deliveries.written(held, writtenAt, now + again.away, held.logins)
      return 'away'
    }
    if (held.logins + 1 >= limits.serviceLogins)
      return settled(deliveries.fail(held, `service-${proved.reason}`))
    await deliveries.written(held, writtenAt, now + again.refusedLogin, held.logins + 1)
    return 'later'
  }

  const write = async (claimed: Delivery, who: AccountRef, password: string): Promise<DeliveryOutcome> => {
    if (!writer) return settled(deliveries.fail(claimed, 'service-gone'))
    // A process that slept over its lease must not write after whoever took it up.
    if (clock.now() + writer.longest > claimed.leaseUntil) return 'later'
    const held = await deliveries.beginWrite(claimed)
    if (!held) return 'later'
    await failpoints('delivery-about-to-write')
    const wrote = await writer.write(who, password)
    await failpoints('delivery-sent')
    if (wrote.ok) return proveWritten(held, who, password, clock.now())
    if (wrote.reason === 'service-unavailable') return away(held)
    if (wrote.reason === 'outcome-unknown') {
      await deliveries.awaitOutcome(held, clock.now() + again.unknown)
      return 'away'
    }
    return settled(deliveries.fail(held, wrote.reason))
  }

  /** A write that was begun and not recorded may have happened: a login tells, and spares the service's own history. */
  const resume = async (held: Delivery, who: AccountRef, password: string): Promise<DeliveryOutcome> => {
    if (held.writes > 0 && check) {
      const proved = await prove(held, who, password)
      if (proved.ok) return settled(deliveries.proved(held, clock.now(), clock.now()))
      if (proved.reason === 'service-unavailable') return away(held)
      if (proved.reason === 'no-turn') {
        await deliveries.postpone(held, nextTurn())
        return 'later'
      }
    }
    return write(held, who, password)
  }

  const carry = async (held: Delivery, password: string): Promise<DeliveryOutcome> => {
    const found = await directory.read(held.person)
    if (!found.ok) return away(held)
    if (!found.person) return settled(deliveries.fail(held, 'service-no-account'))
    if (found.person.privileged) return settled(deliveries.fail(held, 'service-privileged'))
    const source = await sourceHolds(held, password)
    if (source === 'away') return away(held)
    if (source === 'changed') return settled(deliveries.drop(held, 'service-changed-elsewhere'))
    const who: AccountRef = { person: held.person, login: found.person.login }
    return held.state === 'written'
      ? proveWritten(held, who, password, held.writtenAt ?? clock.now())
      : resume(held, who, password)
  }

  return async (id: string): Promise<DeliveryOutcome> => {
    const held = await deliveries.claim(id, target)
    if (!held) return 'later'
    await failpoints('delivery-claimed')
    const password = await deliveries.password(held)
    // Its key is gone with its time: what was sealed under it is lost for good, as promised.
    if (password === null) return settled(deliveries.fail(held, 'service-expired'))
    return carry(held, password)
  }
}
