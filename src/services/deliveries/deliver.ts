import { type Clock, minutes, seconds } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { type Directory, provesPassword } from '../../directory/directory.ts'
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
 * lags, a server may still carry out a write that timed out, and a lock for a time ends by itself.
 */
const retryAfter = {
  unavailable: seconds(5),
  refusedLogin: seconds(20),
  unknown: seconds(30),
  locked: minutes(1),
  elsewhere: minutes(1),
}

type Work = DeliverDeps & { readonly target: ServiceTarget; readonly loginLimit: RateLimit }

async function retryLater({ deliveries, clock }: Work, claimed: Delivery): Promise<DeliveryOutcome> {
  await deliveries.postpone(claimed, clock.now() + retryAfter.unavailable)
  return 'unavailable'
}

async function finish({ failpoints }: Work, done: Promise<unknown>): Promise<DeliveryOutcome> {
  await done
  await failpoints('delivery-finished')
  return 'finished'
}

/** Whether the password is still the current one: one that was chosen outside Sésame since stays. A freeze is delivered whatever the source says. */
async function checkSource({ clock, directory }: Work, claimed: Delivery, password: string) {
  const isLate = claimed.writes > 0 || clock.now() - claimed.createdAt > minutes(1)
  if (!isLate || claimed.kind === 'freeze') return 'unchanged' as const
  const bound = await directory.bind(claimed.person, password)
  if (bound.ok || provesPassword(bound.reason)) return 'unchanged' as const
  return bound.reason === 'wrong-password' ? ('changed' as const) : ('unavailable' as const)
}

/**
 * Whether a delivery to a person whom the directory has closed meanwhile ends, whatever closes them: a service does not see it, and
 * would let them in. A freeze goes on, since it takes the old password away; so does the proof of what is already written.
 */
const mustStop = ({ kind, state }: Delivery) => kind !== 'freeze' && state === 'waiting'

const loginKey = ({ keys }: Work, { person, service }: Delivery) =>
  hmac(keys.of('subject'), 'service-login', service, person)

const mayLogIn = async (work: Work, claimed: Delivery) =>
  (await work.rateLimiter.count(work.loginLimit, loginKey(work, claimed))) < work.limits.serviceLogins

const nextLoginAt = ({ clock, limits }: Work) => clock.now() + Math.ceil(limits.serviceLoginsWindow / 2)

/** Refused logins count against a rate limit, so that a check never locks the account. */
async function prove(
  work: Work,
  claimed: Delivery,
  account: AccountRef,
  password: string,
): Promise<ProofResult | Refused<'login-limit'>> {
  const { store, rateLimiter, loginLimit } = work
  const { check } = work.target
  if (!check) return { ok: true }
  if (!(await mayLogIn(work, claimed))) return refused('login-limit')
  const proved = await check.prove(account, password)
  if (!proved.ok && proved.reason !== 'service-unavailable')
    await store.transaction(tx => rateLimiter.hit(tx, loginLimit, loginKey(work, claimed)))
  return proved
}

async function proveWritten(
  work: Work,
  claimed: Delivery,
  account: AccountRef,
  password: string,
  writtenAt: number,
): Promise<DeliveryOutcome> {
  const { clock, deliveries, limits } = work
  const proved = await prove(work, claimed, account, password)
  const now = clock.now()
  if (proved.ok) return finish(work, deliveries.proved(claimed, writtenAt, now))
  if (proved.reason === 'login-limit') {
    await deliveries.written(claimed, writtenAt, nextLoginAt(work), claimed.logins)
    return 'later'
  }
  if (proved.reason === 'service-unavailable') {
    await deliveries.written(claimed, writtenAt, now + retryAfter.unavailable, claimed.logins)
    return 'unavailable'
  }
  if (claimed.logins + 1 >= limits.serviceLogins)
    return finish(work, deliveries.fail(claimed, `service-${proved.reason}`))
  await deliveries.written(claimed, writtenAt, now + retryAfter.refusedLogin, claimed.logins + 1)
  return 'later'
}

async function write(
  work: Work,
  delivery: Delivery,
  account: AccountRef,
  password: string,
): Promise<DeliveryOutcome> {
  const { clock, deliveries, failpoints } = work
  const { writer } = work.target
  if (!writer) return finish(work, deliveries.fail(delivery, 'service-gone'))
  // A suspended process whose lease has ended must not write after the process that has claimed the delivery since.
  if (clock.now() + writer.longest > delivery.leaseUntil) return 'later'
  const claimed = await deliveries.beginWrite(delivery)
  if (!claimed) return 'later'
  await failpoints('delivery-about-to-write')
  const result = await writer.write(account, password)
  await failpoints('delivery-sent')
  if (result.ok) return proveWritten(work, claimed, account, password, clock.now())
  if (result.reason === 'service-unavailable') return retryLater(work, claimed)
  if (result.reason === 'outcome-unknown') {
    await deliveries.awaitOutcome(claimed, clock.now() + retryAfter.unknown)
    return 'unavailable'
  }
  return finish(work, deliveries.fail(claimed, result.reason))
}

/** A write that was begun and not recorded may have happened. A login shows it without a second entry in the service's history. */
async function resume(
  work: Work,
  claimed: Delivery,
  account: AccountRef,
  password: string,
): Promise<DeliveryOutcome> {
  const { clock, deliveries } = work
  if (claimed.writes > 0 && work.target.check) {
    const proved = await prove(work, claimed, account, password)
    if (proved.ok) return finish(work, deliveries.proved(claimed, clock.now(), clock.now()))
    if (proved.reason === 'service-unavailable') return retryLater(work, claimed)
    if (proved.reason === 'login-limit') {
      await deliveries.postpone(claimed, nextLoginAt(work))
      return 'later'
    }
  }
  return write(work, claimed, account, password)
}

async function advance(work: Work, claimed: Delivery, password: string): Promise<DeliveryOutcome> {
  const { clock, directory, deliveries } = work
  const found = await directory.read(claimed.person)
  if (!found.ok) return retryLater(work, claimed)
  if (!found.person) return finish(work, deliveries.fail(claimed, 'service-no-account'))
  if (found.person.privileged) return finish(work, deliveries.fail(claimed, 'service-privileged'))
  if (found.person.closed === 'for-a-time' && mustStop(claimed)) {
    await deliveries.postpone(claimed, clock.now() + retryAfter.locked)
    return 'later'
  }
  if (found.person.closed && mustStop(claimed))
    return finish(work, deliveries.fail(claimed, 'service-person-closed'))
  const source = await checkSource(work, claimed, password)
  if (source === 'unavailable') return retryLater(work, claimed)
  if (source === 'changed') return finish(work, deliveries.drop(claimed, 'service-changed-elsewhere'))
  const account: AccountRef = { person: claimed.person, login: found.person.login }
  return claimed.state === 'written'
    ? proveWritten(work, claimed, account, password, claimed.writtenAt ?? clock.now())
    : resume(work, claimed, account, password)
}

async function deliver(work: Work, id: string): Promise<DeliveryOutcome> {
  const { clock, deliveries, failpoints } = work
  const claimed = await deliveries.claim(id, work.target)
  if (!claimed) return 'later'
  await failpoints('delivery-claimed')
  const { password, isElsewhere } = await deliveries.password(claimed)
  // The host that sealed it may be back before the password expires (`expiry.ts`).
  if (isElsewhere) {
    await deliveries.postpone(claimed, clock.now() + retryAfter.elsewhere)
    return 'later'
  }
  // The key was destroyed when the password expired, so the sealed password can never be read again. This is intended.
  if (password === null) return finish(work, deliveries.fail(claimed, 'service-expired'))
  return advance(work, claimed, password)
}

/**
 * Claims one delivery and advances it as far as possible now: asks the source when the delivery is late, writes, proves by a
 * login. After a write of unknown outcome, a login shows what it did before anything is written again.
 */
export const createDeliverer = (deps: DeliverDeps, target: ServiceTarget) => {
  const loginLimit: RateLimit = { name: 'service-login', window: deps.limits.serviceLoginsWindow }
  const work: Work = { ...deps, target, loginLimit }
  return (id: string) => deliver(work, id)
}
