import { type Clock, minutes, seconds } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import { type Refused, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { AccountRef, ProofResult } from '../services.ts'
import type { Failpoints } from '../source/source.ts'
import type { Deliveries } from './deliveries.ts'
import type { Delivery } from './delivery.ts'
import type { ServiceTarget } from './targets.ts'

/** `unavailable`: the service, or the source that is asked first, did not answer; the next attempt waits for a while. */
export type DeliveryOutcome = 'finished' | 'later' | 'unavailable'

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

/**
 * Milliseconds until the next try: a service may be unavailable for a moment only, a login may be refused by a replica that
 * lags, and a server may still carry out a write that timed out.
 */
const retryAfter = { unavailable: seconds(5), refusedLogin: seconds(20), unknown: seconds(30) }

/** Refusals of a bind that do not mean that the password is wrong. */
const rightPassword = new Set(['password-expired', 'must-change'])

/**
 * Claims one delivery and advances it as far as possible now: asks the source when the delivery is late, writes, proves by a
 * login. After a write of unknown outcome, a login shows what it did before anything is written again.
 */
export const createDeliverer = (deps: DeliverDeps, target: ServiceTarget) => {
  const { store, clock, keys, limits, rateLimiter, directory, deliveries, failpoints } = deps
  const loginLimit: RateLimit = { name: 'service-login', window: limits.serviceLoginsWindow }
  const { writer, check } = target

  const retryLater = async (claimed: Delivery): Promise<DeliveryOutcome> => {
    await deliveries.postpone(claimed, clock.now() + retryAfter.unavailable)
    return 'unavailable'
  }
  const finish = async (done: Promise<unknown>): Promise<DeliveryOutcome> => {
    await done
    await failpoints('delivery-finished')
    return 'finished'
  }

  /** When the password was changed outside Sésame since, the newer one stays. A freeze does not ask the source. */
  const checkSource = async (claimed: Delivery, password: string) => {
    const isLate = claimed.writes > 0 || clock.now() - claimed.createdAt > minutes(1)
    if (!isLate || claimed.kind === 'freeze') return 'unchanged' as const
    const bound = await directory.bind(claimed.person, password)
    if (bound.ok || rightPassword.has(bound.reason)) return 'unchanged' as const
    return bound.reason === 'wrong-password' ? ('changed' as const) : ('unavailable' as const)
  }

  const loginKey = ({ person, service }: Delivery) =>
    hmac(keys.of('subject'), 'service-login', service, person)
  const mayLogIn = async (claimed: Delivery) =>
    (await rateLimiter.count(loginLimit, loginKey(claimed))) < limits.serviceLogins

  const nextLoginAt = () => clock.now() + Math.ceil(limits.serviceLoginsWindow / 2)

  /** Refused logins count against a rate limit, so that a check never locks the account. */
  const prove = async (
    claimed: Delivery,
    account: AccountRef,
    password: string,
  ): Promise<ProofResult | Refused<'login-limit'>> => {
    if (!check) return { ok: true }
    if (!(await mayLogIn(claimed))) return refused('login-limit')
    const proved = await check.prove(account, password)
    if (!proved.ok && proved.reason !== 'service-unavailable')
      await store.transaction(tx => rateLimiter.hit(tx, loginLimit, loginKey(claimed)))
    return proved
  }

  const proveWritten = async (
    claimed: Delivery,
    account: AccountRef,
    password: string,
    writtenAt: number,
  ) => {
    const proved = await prove(claimed, account, password)
    const now = clock.now()
    if (proved.ok) return finish(deliveries.proved(claimed, writtenAt, now))
    if (proved.reason === 'login-limit') {
      await deliveries.written(claimed, writtenAt, nextLoginAt(), claimed.logins)
      return 'later'
    }
    if (proved.reason === 'service-unavailable') {
      await deliveries.written(claimed, writtenAt, now + retryAfter.unavailable, claimed.logins)
      return 'unavailable'
    }
    if (claimed.logins + 1 >= limits.serviceLogins)
      return finish(deliveries.fail(claimed, `service-${proved.reason}`))
    await deliveries.written(claimed, writtenAt, now + retryAfter.refusedLogin, claimed.logins + 1)
    return 'later'
  }

  const write = async (
    delivery: Delivery,
    account: AccountRef,
    password: string,
  ): Promise<DeliveryOutcome> => {
    if (!writer) return finish(deliveries.fail(delivery, 'service-gone'))
    // A suspended process whose lease has ended must not write after the process that has claimed the delivery since.
    if (clock.now() + writer.longest > delivery.leaseUntil) return 'later'
    const claimed = await deliveries.beginWrite(delivery)
    if (!claimed) return 'later'
    await failpoints('delivery-about-to-write')
    const result = await writer.write(account, password)
    await failpoints('delivery-sent')
    if (result.ok) return proveWritten(claimed, account, password, clock.now())
    if (result.reason === 'service-unavailable') return retryLater(claimed)
    if (result.reason === 'outcome-unknown') {
      await deliveries.awaitOutcome(claimed, clock.now() + retryAfter.unknown)
      return 'unavailable'
    }
    return finish(deliveries.fail(claimed, result.reason))
  }

  /** A write that was begun and not recorded may have happened. A login shows it without a second entry in the service's history. */
  const resume = async (
    claimed: Delivery,
    account: AccountRef,
    password: string,
  ): Promise<DeliveryOutcome> => {
    if (claimed.writes > 0 && check) {
      const proved = await prove(claimed, account, password)
      if (proved.ok) return finish(deliveries.proved(claimed, clock.now(), clock.now()))
      if (proved.reason === 'service-unavailable') return retryLater(claimed)
      if (proved.reason === 'login-limit') {
        await deliveries.postpone(claimed, nextLoginAt())
        return 'later'
      }
    }
    return write(claimed, account, password)
  }

  const advance = async (claimed: Delivery, password: string): Promise<DeliveryOutcome> => {
    const found = await directory.read(claimed.person)
    if (!found.ok) return retryLater(claimed)
    if (!found.person) return finish(deliveries.fail(claimed, 'service-no-account'))
    if (found.person.privileged) return finish(deliveries.fail(claimed, 'service-privileged'))
    const source = await checkSource(claimed, password)
    if (source === 'unavailable') return retryLater(claimed)
    if (source === 'changed') return finish(deliveries.drop(claimed, 'service-changed-elsewhere'))
    const account: AccountRef = { person: claimed.person, login: found.person.login }
    return claimed.state === 'written'
      ? proveWritten(claimed, account, password, claimed.writtenAt ?? clock.now())
      : resume(claimed, account, password)
  }

  return async (id: string): Promise<DeliveryOutcome> => {
    const claimed = await deliveries.claim(id, target)
    if (!claimed) return 'later'
    await failpoints('delivery-claimed')
    const password = await deliveries.password(claimed)
    // The key was destroyed when the password expired, so the sealed password can never be read again. This is intended.
    if (password === null) return finish(deliveries.fail(claimed, 'service-expired'))
    return advance(claimed, password)
  }
}
