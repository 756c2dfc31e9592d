import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Bound, Directory, Person, PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits.ts'
import type { BindBudget, Counted } from '../../password/bind-budget.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import { type HandlerRequest, type HandlerResult, problem, tooMany } from '../../web/handler.ts'
import type { RateLimiter } from '../../web/rate-limiter.ts'
import { createBrowserOwners } from '../browser-owners.ts'
import type { Freezes } from '../freezes.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { Sessions } from '../sessions/sessions.ts'
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

/** No password of this name is tried for now, whatever was typed. `until`: `null` where only a success ends it. */
export type Closed = { readonly ok: false; readonly reason: 'password-closed'; readonly until: number | null }

/**
 * What a password typed here turned out to be. Only `sign-in-refused` may be told to somebody who did not have it
 * right: the others are said by the directory after it found the password right.
 */
export type Checked =
  | Result<{ person: Person }, 'sign-in-refused' | 'directory-unavailable'>
  | { readonly ok: false; readonly reason: 'too-many-tries'; readonly until: number }
  | { readonly ok: false; readonly reason: 'password-expired' | 'must-change'; readonly person: Person }
  | Closed

/**
 * What the form where it was typed takes: `expired` where the institution's server alone signs people in. There one that
 * still serves is a wrong one, or lists of leaked passwords would be tried here, past what that server asks besides and
 * past its log.
 */
export type Taken = 'any' | 'expired'

/** The old password was right, even where it opens nothing any more. */
export const provedBy = (checked: Checked): Person | null => {
  if (checked.ok) return checked.person
  return 'person' in checked ? checked.person : null
}

/** What is told by a page of its own, whatever was typed; `null`: the password was judged. */
export type DoorFault =
  | { readonly kind: 'directory-unavailable' }
  | { readonly kind: 'too-many'; readonly until: number }

export const authenticationFault = (checked: Checked): DoorFault | null => {
  if (checked.ok) return null
  if (checked.reason === 'too-many-tries') return { kind: 'too-many', until: checked.until }
  return checked.reason === 'directory-unavailable' ? { kind: checked.reason } : null
}

export const faultAnswer = (request: HandlerRequest, fault: DoorFault): HandlerResult =>
  fault.kind === 'too-many' ? tooMany(request, fault.until) : problem(fault.kind)

/** Blanks at the ends, and how many stand within, make no other login (RFC 4518 §2.6.1). */
/** A login folds case and outer blanks; signs that nobody sees and other widths are what copying adds. */
const foldLogin = (login: string) =>
  login
    .replace(/\p{Cf}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/\s+/g, ' ')

/** An entry that no directory has: a login that nobody bears is bound like any other. */
const nobody = '00000000-0000-0000-0000-000000000000' as PersonId

/** Why no password is tried, for the form where it was typed; `null`: it was judged. */
export const closedProblem = (checked: Checked) => {
  if (checked.ok || checked.reason !== 'password-closed') return null
  const { until } = checked
  return until === null
    ? { reason: 'password-closed' as const }
    : { reason: 'password-closed-until' as const, until }
}

export type ClosedProblem = NonNullable<ReturnType<typeof closedProblem>>

const tooManyUntil = (until: number) => ({ ok: false, reason: 'too-many-tries', until }) as const

/**
 * The one place where passwords are tried that people type to show who they are: sign-in, confirmation, « Ancien mot de passe ».
 * Wrong ones stop before the directory's own lock-out would shut the owner out; strangers use up nothing of the owner's
 * own browsers (`password/bind-budget.ts`).
 */
export const createPasswordAuthenticator = (deps: PasswordAuthenticatorDeps) => {
  const { store, clock, limits, audit, directory, freezes, budget } = deps
  const networkOpensAt = createSignInLimit(deps)
  const owners = createBrowserOwners(deps)

  const recordFailure = (name: string, person: Person | null) =>
    store.transaction(tx =>
      audit.append(tx, {
        chain: person?.id ?? name,
        kind: 'sign-in.refused',
        by: { kind: 'anonymous' },
      }),
    )

  /** A frozen or ended account opens nothing, even while the directory still takes its old password. */
  const isShut = async (holder: string, person: Person | null) =>
    (await freezes.find(holder))?.kind === 'frozen' || person?.ended === true

  const judged = (person: Person | null, shut: boolean, bound: Bound, taken: Taken): Checked => {
    if (person === null || shut) return refused('sign-in-refused')
    if (bound.ok) return taken === 'any' ? ok({ person }) : refused('sign-in-refused')
    if (bound.reason === 'password-expired' || bound.reason === 'must-change')
      return { ok: false, reason: bound.reason, person }
    return refused('sign-in-refused')
  }

  /** What stays counted depends on what is told alone: the right password of a frozen account counts as a wrong one. */
  const settle = async (counted: Counted, person: Person | null, checked: Checked) => {
    if (checked.ok) return budget.right(counted)
    if (checked.reason !== 'sign-in-refused') return budget.giveBack(counted)
    await budget.failed(counted)
    await recordFailure(counted.name, person)
  }

  /** What the directory says; of a try that must not reach it, what it says of a wrong password. */
  const asked = ({ reaches }: Counted, person: Person | null, password: string): Promise<Bound> =>
    reaches
      ? directory.bind(person?.id ?? nobody, password)
      : Promise.resolve(refused('wrong-password') satisfies Bound)

  type Try = { readonly person: Person | null; readonly password: string; readonly taken: Taken }

  const bound = async (counted: Counted, { person, password, taken }: Try): Promise<Checked> => {
    const answer = await asked(counted, person, password)
    if (answer.ok || answer.reason !== 'directory-unavailable') {
      const checked = judged(person, await isShut(person?.id ?? counted.name, person), answer, taken)
      await settle(counted, person, checked)
      return checked
    }
    // A stranger could send many to a directory that hangs, which would count them all once it is back.
    if (answer.sent && counted.asker === 'stranger') await budget.failed(counted)
    else await budget.giveBack(counted)
    return refused('directory-unavailable')
  }

  /** The limit of the network is for strangers: it is looked at before anything is asked of the directory. */
  const look = async (request: HandlerRequest, login: string) => {
    const own = await owners(request)
    const before = own.size === 0 ? await networkOpensAt(request) : null
    if (before !== null) return tooManyUntil(before)
    const found = await directory.findLogin(login)
    if (!found.ok) return found
    const isOwn = found.person !== null && own.has(found.person.id)
    const after = own.size > 0 && !isOwn ? await networkOpensAt(request) : null
    if (after !== null) return tooManyUntil(after)
    return ok({ ...found, asker: isOwn ? ('own' as const) : ('stranger' as const) })
  }

  const check = async (
    request: HandlerRequest,
    typed: string,
    password: string,
    taken: Taken,
  ): Promise<Checked> => {
    // The directory is asked for what the limits count: a spelling that only one of them folds would tell who is known.
    const login = foldLogin(typed)
    const found = await look(request, login)
    if (!found.ok) return found
    const { person, lockout, asker } = found
    const begun = await budget.begin({
      // By the entry where there is one: a directory takes several spellings of one login.
      ...{ person: person?.id ?? null, login },
      ...{ asker, network: request.network, lockout },
    })
    if (!begun.ok)
      return begun.reason === 'network-full'
        ? tooManyUntil(begun.until)
        : { ok: false, reason: 'password-closed', until: begun.until }
    try {
      return await bound(begun.counted, { person, password, taken })
    } catch (fault) {
      await budget.giveBack(begun.counted)
      throw fault
    }
  }

  /** The same floor as identification: a bind that fails early must not tell that nobody bears this login. */
  const waitForFloor = (arrivedAt: number) => {
    const floor = limits.identificationFloor
    const elapsed = clock.now() - arrivedAt
    return clock.sleep(Math.ceil((elapsed + 1) / floor) * floor - elapsed)
  }

  return {
    check: async (
      request: HandlerRequest,
      login: string,
      password: string,
      taken: Taken = 'any',
    ): Promise<Checked> => {
      const isEmpty = login === '' || password === ''
      const checked = isEmpty ? refused('sign-in-refused') : await check(request, login, password, taken)
      await waitForFloor(request.arrivedAt)
      return checked
    },
  }
}

export type PasswordAuthenticator = ReturnType<typeof createPasswordAuthenticator>
