import type { Clock } from '../clock.ts'
import { hmac } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Directory, PersonId } from '../directory/directory.ts'
import type { Lockout } from '../directory/lockout.ts'
import type { Limits } from '../limits/limits.ts'
import type { Network } from '../limits/network.ts'
import type { RateLimiter } from '../limits/rate-limiter.ts'
import { ok, type Result } from '../result.ts'
import type { Store, Tx } from '../store/store.ts'
import { assessShare, type Requester } from './bind-share.ts'
import { createFailedNames, type FailedNames, type NameCharge } from './failed-names.ts'
import { createFailureRows, type FailureRow, type FailureRows } from './failure-rows.ts'

export type BindRequest = {
  /** The person who has this login; `null` for an unknown login, which `login` then holds, folded. */
  readonly person: PersonId | null
  readonly login: string
  readonly requester: Requester
  readonly network: Network
  /** The directory's lock-out policy; `null` when it cannot be read. */
  readonly lockout: Lockout | null
}

/** A bind is counted before it is sent, so that concurrent requests cannot exceed the budget. */
export type CountedBind = {
  readonly name: string
  readonly requester: Requester
  /** What was charged to its network; `null` for a known browser or a session of the person. */
  readonly charge: NameCharge | null
  readonly startedAt: number
  /** False: it is counted and answered as a wrong password, and not sent to the directory (`bind-share.ts`). */
  readonly reachesDirectory: boolean
}

/** `until`: when passwords of this name are accepted again; `null`: after the owner's next successful sign-in. */
export type BudgetSpent = {
  readonly ok: false
  readonly reason: 'budget-spent'
  readonly until: number | null
}
export type NetworkFull = { readonly ok: false; readonly reason: 'network-full'; readonly until: number }

export type BindBudget = ReturnType<typeof createBindBudget>

/** A bind that is refused only because of pending binds waits for them: milliseconds of one wait, and the number of waits. */
const retryDelay = 200
const mostRetries = 15

type BindBudgetDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly directory: Pick<Directory, 'longest'>
}

type BudgetDeps = Pick<BindBudgetDeps, 'store' | 'clock' | 'limits' | 'keys'> & {
  readonly rows: FailureRows
  readonly failedNames: FailedNames
}

type BindVerdict =
  | { readonly kind: 'counted'; readonly counted: CountedBind }
  | { readonly kind: 'busy' | 'spent'; readonly until: number | null }

function nameOf(keys: Keys, { person, login }: Pick<BindRequest, 'person' | 'login'>) {
  return hmac(keys.of('subject'), 'login', person ?? login)
}

function ruleOf(limits: Limits, lockout: Lockout | null): Lockout {
  return lockout && lockout.maxFailures > 0
    ? lockout
    : { maxFailures: limits.failedBinds, interval: limits.failedBindsWindow }
}

async function countIfAllowed(
  { clock, limits, rows, failedNames }: BudgetDeps,
  tx: Tx,
  request: BindRequest,
  stranger: FailureRow,
  own: FailureRow | null,
): Promise<BindVerdict> {
  const now = clock.now()
  const rule = ruleOf(limits, request.lockout)
  const share = assessShare({
    rule,
    requester: request.requester,
    stranger,
    own,
    now,
    mostInARow: limits.failedBindsInARow,
  })
  const { requester, row, sent, reachesDirectory, until } = share
  const isAnySent = stranger.sent > 0 || (own !== null && own.sent > 0)
  if (share.isForgotten && isAnySent) await rows.forgetSent(tx, stranger.name)
  if (!share.hasRoom(0)) return { kind: share.hasRoom(row.pending) ? 'busy' : 'spent', until }
  await rows.begin(tx, row, {
    counted: share.counted + 1,
    sent: reachesDirectory ? sent + 1 : sent,
    forgottenAfter: rule.interval,
  })
  const charge =
    request.requester === 'stranger'
      ? await failedNames.charge(tx, stranger.name, request.network, rule)
      : null
  const counted = { name: stranger.name, requester, charge, startedAt: now, reachesDirectory }
  return { kind: 'counted', counted }
}

function tryOnce(deps: BudgetDeps, request: BindRequest): Promise<BindVerdict | NetworkFull> {
  const { store, limits, keys, rows, failedNames } = deps
  return store.transaction(async tx => {
    const isStranger = request.requester === 'stranger'
    const until = isStranger
      ? await failedNames.fullUntil(tx, request.network, ruleOf(limits, request.lockout))
      : null
    if (until !== null) return { ok: false, reason: 'network-full', until } as const
    const name = nameOf(keys, request)
    const key = { name, known: request.person !== null }
    const { stranger, own } = isStranger
      ? { stranger: await rows.lockStrangers(tx, key), own: await rows.find(tx, name, 'own') }
      : await rows.lockBoth(tx, key)
    return countIfAllowed(deps, tx, request, stranger, own)
  })
}

async function countBind(
  deps: BudgetDeps,
  request: BindRequest,
): Promise<Result<{ counted: CountedBind }, never> | BudgetSpent | NetworkFull> {
  for (let retries = 0; ; retries += 1) {
    const verdict = await tryOnce(deps, request)
    if ('reason' in verdict) return verdict
    if (verdict.kind === 'counted') return ok({ counted: verdict.counted })
    if (verdict.kind === 'spent' || retries >= mostRetries)
      return { ok: false, reason: 'budget-spent', until: verdict.until }
    await deps.clock.sleep(retryDelay)
  }
}

async function refundBind({ rows, failedNames }: BudgetDeps, tx: Tx, counted: CountedBind) {
  if (counted.charge) await failedNames.lockNetwork(tx, counted.charge.network)
  await rows.refund(tx, counted)
  if (counted.charge) await failedNames.refund(tx, counted.charge)
}

async function recordSuccess(deps: BudgetDeps, tx: Tx, counted: CountedBind) {
  await refundBind(deps, tx, counted)
  await deps.rows.forgive(tx, counted.name, counted.startedAt)
  if (counted.charge) await deps.failedNames.recordSuccess(tx, counted.charge)
}

/**
 * Limits how many wrong passwords of one name reach the directory. All strangers together get half of the directory's
 * lock-out threshold, the person's known browsers and sessions a quarter. So the directory locks no account whatever
 * strangers send, and strangers cannot use up the owner's tries. Failures are forgotten one
 * interval after the last of them, which is no shorter than in any directory (OpenLDAP counts those within the interval,
 * 389 DS from the first, Active Directory from the last).
 * An unknown name has the same rows with the same figures, so that answers do not show which names exist.
 */
export const createBindBudget = ({ store, clock, limits, keys, rateLimiter, directory }: BindBudgetDeps) => {
  const rows = createFailureRows({ clock, longest: directory.longest })
  const failedNames = createFailedNames({ clock, limits, keys, rateLimiter })
  const deps: BudgetDeps = { store, clock, limits, keys, rows, failedNames }
  return {
    /** Counts a bind, or refuses it. When only pending binds use up the budget, it waits for them first. */
    begin: (request: BindRequest) => countBind(deps, request),

    /** The password was right. The directory has reset the failures before this bind, and so does this budget. */
    succeeded: (counted: CountedBind) => store.transaction(tx => recordSuccess(deps, tx, counted)),

    /** The directory refused the password. */
    failed: (counted: CountedBind) => store.transaction(tx => rows.failed(tx, counted)),

    /** The same in the caller's transaction, for a bind whose outcome was kept until then. */
    recordFailure: (tx: Tx, counted: CountedBind) => rows.failed(tx, counted),

    /** The bind does not count: it was not sent, or the password is right but not accepted any more (expired, for example). */
    refund: (counted: CountedBind) => store.transaction(tx => refundBind(deps, tx, counted)),

    /** What `forgive` would change; empty for most people. */
    failuresOf: (db: Store['read'], person: PersonId) => rows.of(db, nameOf(keys, { person, login: '' })),

    /** A success without a bind: a recovery, or the helpdesk identified the person. `pending`: a failed bind that it also ends. */
    forgive: (tx: Tx, person: PersonId, since: number, pending?: CountedBind) =>
      rows.forgive(tx, nameOf(keys, { person, login: '' }), since, pending),
  }
}
