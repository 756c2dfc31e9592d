import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import {
  type BindResult,
  type Directory,
  type Person,
  type PersonId,
  provesPassword,
} from '../../directory/directory.ts'
import { warnedPerson } from '../../directory/password-expiry.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import { createBrowserOwners } from '../../identity/browser-owners.ts'
import type { Freezes } from '../../identity/freezes.ts'
import type { KnownBrowsers } from '../../identity/known-browsers.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimiter } from '../../limits/rate-limiter.ts'
import type { BindBudget, CountedBind } from '../../password/bind-budget.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import { foldLogin } from '../../texts/unified.ts'
import { type HandlerRequest, type HandlerResult, problem, tooMany } from '../../web/handler.ts'
import { createSignInLimit } from './sign-in-limit.ts'

export type PasswordAuthenticatorDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly directory: Directory
  readonly rateLimiter: RateLimiter
  readonly freezes: Freezes
  readonly sessions: Pick<Sessions, 'find'>
  readonly knownBrowsers: KnownBrowsers
  readonly budget: BindBudget
}

/** Password attempts of this login are locked, whatever was typed. `until`: `null` when only a success unlocks them. */
export type PasswordClosed = {
  readonly ok: false
  readonly reason: 'password-closed'
  readonly until: number | null
}

/**
 * Result of a password check. A wrong password may only get `sign-in-refused` (or the rate limits): the directory reports
 * `password-expired` and `must-change` only after the right one.
 */
export type PasswordCheck =
  | Result<{ person: Person }, 'sign-in-refused' | 'directory-unavailable'>
  | { readonly ok: false; readonly reason: 'too-many-tries'; readonly until: number }
  | { readonly ok: false; readonly reason: 'password-expired' | 'must-change'; readonly person: Person }
  | PasswordClosed

/**
 * The passwords that the form accepts. `expired`, where the institution's server alone signs people in: a valid password is
 * then refused like a wrong one. Otherwise an attacker could test leaked passwords here (credential stuffing), bypassing
 * that server's second factor and its log.
 */
export type AcceptedPasswords = 'any' | 'expired'

/** The person whose password was right, even when it is expired; `null` when it was not right. */
export const provedPerson = (checked: PasswordCheck): Person | null => {
  if (checked.ok) return checked.person
  return 'person' in checked ? checked.person : null
}

/** A fault with an error page of its own, whatever was typed. */
export type AuthenticationFault =
  | { readonly kind: 'directory-unavailable' }
  | { readonly kind: 'too-many'; readonly until: number }

/** `null`: the password was checked. */
export const authenticationFault = (checked: PasswordCheck): AuthenticationFault | null => {
  if (checked.ok) return null
  if (checked.reason === 'too-many-tries') return { kind: 'too-many', until: checked.until }
  return checked.reason === 'directory-unavailable' ? { kind: checked.reason } : null
}

export const faultResponse = (request: HandlerRequest, fault: AuthenticationFault): HandlerResult =>
  fault.kind === 'too-many' ? tooMany(request, fault.until) : problem(directoryUnavailable)

/** An id that no directory has, so that an unknown login also costs a bind and takes the same time. */
const unknownPerson = '00000000-0000-0000-0000-000000000000' as PersonId

/** The problem to show in the form when attempts are locked; `null` otherwise. */
export const closedProblem = (checked: PasswordCheck) => {
  if (checked.ok || checked.reason !== 'password-closed') return null
  const { until } = checked
  return until === null
    ? { reason: 'password-closed' as const }
    : { reason: 'password-closed-until' as const, until }
}

export type ClosedProblem = NonNullable<ReturnType<typeof closedProblem>>

const tooManyTries = (until: number) => ({ ok: false, reason: 'too-many-tries', until }) as const

/** What a check needs at each call: the dependencies, and what is derived from them once. */
type Authenticator = PasswordAuthenticatorDeps & {
  readonly networkOpensAt: ReturnType<typeof createSignInLimit>
  readonly owners: ReturnType<typeof createBrowserOwners>
}

/** Of a person who is signed in, a wrong password is their own act, and no sign-in. */
const recordFailure = (
  { store, audit }: Authenticator,
  name: string,
  { person, signedIn, device }: Pick<BindAttempt, 'person' | 'signedIn' | 'device'>,
) =>
  store.transaction(tx =>
    person && signedIn
      ? audit.append(tx, {
          chain: person.id,
          kind: 'password.not-confirmed',
          by: { kind: 'person', id: person.id },
          details: { device },
        })
      : audit.append(tx, {
          chain: person?.id ?? name,
          kind: 'sign-in.refused',
          by: { kind: 'anonymous' },
          details: { device },
        }),
  )

/** A frozen or closed account cannot sign in, even while the directory still accepts its old password. */
const isBlocked = async (freezes: Freezes, holder: string, person: Person | null) =>
  (await freezes.find(holder))?.kind === 'frozen' || Boolean(person?.closed)

function judgeBind(
  person: Person | null,
  blocked: boolean,
  bound: BindResult,
  accepted: AcceptedPasswords,
  now: number,
): PasswordCheck {
  if (person === null || blocked) return refused('sign-in-refused')
  if (bound.ok)
    return accepted === 'any'
      ? ok({ person: warnedPerson(person, bound.warning, now) })
      : refused('sign-in-refused')
  if (provesPassword(bound.reason)) return { ok: false, reason: bound.reason, person }
  return refused('sign-in-refused')
}

/** Depends only on what the response shows: the right password of a frozen account counts as a wrong one. */
async function settle(
  authenticator: Authenticator,
  counted: CountedBind,
  attempt: BindAttempt,
  checked: PasswordCheck,
) {
  const { budget } = authenticator
  if (checked.ok) return budget.succeeded(counted)
  if (checked.reason !== 'sign-in-refused') return budget.refund(counted)
  await budget.failed(counted)
  await recordFailure(authenticator, counted.name, attempt)
}

/** The directory's answer; for an attempt that must not reach it, the answer to a wrong password. */
const bindIfAllowed = (
  directory: Directory,
  { reachesDirectory }: CountedBind,
  person: Person | null,
  password: string,
): Promise<BindResult> =>
  reachesDirectory
    ? directory.bind(person?.id ?? unknownPerson, password)
    : Promise.resolve(refused('wrong-password') satisfies BindResult)

type BindAttempt = {
  readonly person: Person | null
  readonly password: string
  readonly accepted: AcceptedPasswords
  readonly arrivedAt: number
  readonly device: string
  /** Asked for in a session of the person: « Confirmez que c'est vous », « Ancien mot de passe ». */
  readonly signedIn: boolean
}

type TypedPassword = Pick<BindAttempt, 'password' | 'accepted' | 'signedIn'>

async function bindAndSettle(
  authenticator: Authenticator,
  counted: CountedBind,
  attempt: BindAttempt,
): Promise<PasswordCheck> {
  const { person, password, accepted, arrivedAt } = attempt
  const { directory, freezes, budget } = authenticator
  const answer = await bindIfAllowed(directory, counted, person, password)
  if (answer.ok || answer.reason !== 'directory-unavailable') {
    const blocked = await isBlocked(freezes, person?.id ?? counted.name, person)
    const checked = judgeBind(person, blocked, answer, accepted, arrivedAt)
    await settle(authenticator, counted, attempt, checked)
    return checked
  }
  // A stranger could send many binds to a hanging directory, which would count them all against its lockout later.
  if (answer.sent && counted.requester === 'stranger') await budget.failed(counted)
  else await budget.refund(counted)
  return refused('directory-unavailable')
}

/** The rate limit per network applies to strangers only, and before the directory is queried where that is known. */
async function lookUpLogin(
  { directory, networkOpensAt, owners }: Authenticator,
  request: HandlerRequest,
  login: string,
) {
  const own = await owners(request)
  const before = own.size === 0 ? await networkOpensAt(request) : null
  if (before !== null) return tooManyTries(before)
  const found = await directory.findLogin(login)
  if (!found.ok) return found
  const isOwn = found.person !== null && own.has(found.person.id)
  const after = own.size > 0 && !isOwn ? await networkOpensAt(request) : null
  if (after !== null) return tooManyTries(after)
  return ok({ ...found, requester: isOwn ? ('own' as const) : ('stranger' as const) })
}

async function authenticate(
  authenticator: Authenticator,
  request: HandlerRequest,
  typed: string,
  attempt: TypedPassword,
): Promise<PasswordCheck> {
  const { budget } = authenticator
  // The directory and the limits must get the same form: a spelling folded by only one would show which logins exist.
  const login = foldLogin(typed)
  const found = await lookUpLogin(authenticator, request, login)
  if (!found.ok) return found
  const { person, lockout, requester } = found
  const begun = await budget.begin({
    // Counted per entry where there is one, since a directory accepts several spellings of a login.
    person: person?.id ?? null,
    login,
    requester,
    network: request.network,
    lockout,
  })
  if (!begun.ok)
    return begun.reason === 'network-full'
      ? tooManyTries(begun.until)
      : { ok: false, reason: 'password-closed', until: begun.until }
  try {
    const { arrivedAt, device } = request
    return await bindAndSettle(authenticator, begun.counted, { ...attempt, person, arrivedAt, device })
  } catch (fault) {
    await budget.refund(begun.counted)
    throw fault
  }
}

/** Constant-time floor, as in identification: a bind that fails early must not show that the login does not exist. */
const waitForFloor = ({ limits, clock }: Authenticator, arrivedAt: number) => {
  const floor = limits.identificationFloor
  const elapsed = clock.now() - arrivedAt
  return clock.sleep(Math.ceil((elapsed + 1) / floor) * floor - elapsed)
}

async function checkPassword(
  authenticator: Authenticator,
  request: HandlerRequest,
  login: string,
  attempt: TypedPassword,
): Promise<PasswordCheck> {
  const isEmpty = login === '' || attempt.password === ''
  const checked = isEmpty
    ? refused('sign-in-refused')
    : await authenticate(authenticator, request, login, attempt)
  await waitForFloor(authenticator, request.arrivedAt)
  return checked
}

/**
 * Checks every password that people type to authenticate: sign-in, confirmation, « Ancien mot de passe ». Attempts are
 * locked before the directory's own lockout would lock the owner out, and strangers do not use up the attempts of the
 * owner's browsers (`password/bind-budget.ts`).
 */
export const createPasswordAuthenticator = (deps: PasswordAuthenticatorDeps) => {
  const authenticator = {
    ...deps,
    networkOpensAt: createSignInLimit(deps),
    owners: createBrowserOwners(deps),
  }
  return {
    check: (
      request: HandlerRequest,
      login: string,
      password: string,
      { accepted = 'any', signedIn = false }: Partial<Omit<TypedPassword, 'password'>> = {},
    ): Promise<PasswordCheck> =>
      checkPassword(authenticator, request, login, { password, accepted, signedIn }),
  }
}

export type PasswordAuthenticator = ReturnType<typeof createPasswordAuthenticator>
