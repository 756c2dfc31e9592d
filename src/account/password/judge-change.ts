import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { HashingClient } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { CountedBind } from '../../password/bind-budget.ts'
import { type CandidateDeps, judgeCandidate, problemsForNobody } from '../../password/candidate.ts'
import { foldWord } from '../../password/fold.ts'
import { coreOf } from '../../password/leaked/core.ts'
import type { NewPasswordProblem } from '../../password/new-password.fields.tsx'
import { newPasswordForm } from '../../password/new-password-form.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import { ok } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import { field } from '../../web/form.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import type { AuthenticationFault } from '../sign-in/password-authenticator.ts'
import { type Changer, checkOldPassword, type OldPasswordDeps } from './old-password.ts'

export const changeForm = z.object({ ancien: field(4096), ...newPasswordForm })
export type ChangeFields = z.infer<typeof changeForm>
export type ChangeProblem = NewPasswordProblem<'ancien' | 'identifiant'>

export type ChangeJudgeDeps = OldPasswordDeps &
  CandidateDeps & {
    readonly store: Store
    readonly clock: Clock
    readonly limits: Limits
    readonly keys: Keys
    readonly rateLimiter: RateLimiter
    readonly joker: Joker
  }

/** The person whose old password was right, and when it was checked. */
type Owner = { readonly person: PersonId; readonly provedAt: number }

/** A change that may be written: its owner, and the hash that the history will get. */
export type JudgedChange = Owner & {
  readonly kind: 'accepted'
  readonly historyHash: string | null
  readonly failedBind: CountedBind | null
}

export type ChangeRefusal =
  | { readonly kind: 'refused'; readonly problems: readonly ChangeProblem[] }
  | { readonly kind: 'fault'; readonly fault: AuthenticationFault | { readonly kind: 'busy' } }

const faultOutcome = (fault: AuthenticationFault | { readonly kind: 'busy' }): ChangeRefusal => ({
  kind: 'fault',
  fault,
})

const refusalLimitOf = (limits: Limits): RateLimit => ({
  name: 'change-refused',
  window: limits.changeWindow,
})

/** Key of the rate limit: per session; without one per person and network, and only once the old password was right. */
function refusalKey(keys: Keys, request: HandlerRequest, { as: { session } }: Changer, owner: Owner | null) {
  if (session !== null) return hmac(keys.of('subject'), 'change-session', session)
  return owner && hmac(keys.of('subject'), 'change', owner.person, request.network.id)
}

/** The fault to answer while the rate limit is exceeded; `null` otherwise. */
async function closedUntil(
  { clock, limits, rateLimiter }: ChangeJudgeDeps,
  key: string | null,
): Promise<AuthenticationFault | null> {
  const until =
    key === null ? 0 : await rateLimiter.opensAt(refusalLimitOf(limits), key, limits.refusalsPerJourney)
  return until > clock.now() ? { kind: 'too-many', until } : null
}

async function countRefusal({ store, limits, rateLimiter }: ChangeJudgeDeps, key: string | null) {
  if (key !== null) await store.transaction(tx => rateLimiter.hit(tx, refusalLimitOf(limits), key))
}

async function refuse(
  deps: ChangeJudgeDeps,
  key: string | null,
  problems: readonly ChangeProblem[],
): Promise<ChangeRefusal> {
  await countRefusal(deps, key)
  return { kind: 'refused', problems }
}

/** Counts a new password that the directory refused: its rules must not become an oracle either, least of all its history. */
export const countRefusedWrite = (
  deps: ChangeJudgeDeps,
  request: HandlerRequest,
  changer: Changer,
  owner: Owner,
) => countRefusal(deps, refusalKey(deps.keys, request, changer, owner))

/** The joker answer is stored as a hash: compares it with the password without the digits and signs around it. */
async function containsAnswer(joker: Joker, person: PersonId, client: HashingClient, password: string) {
  const core = foldWord(coreOf(password))
  if (core === '') return ok({ contains: false })
  const compared = await joker.isAnswerOf(person, client, core)
  return compared.ok ? ok({ contains: compared.right }) : compared
}

/** Judges the new password of the person whose old one was right. */
async function judgeOwnersChange(
  deps: ChangeJudgeDeps,
  request: HandlerRequest,
  changer: Changer,
  owner: Owner,
  fields: ChangeFields,
): Promise<JudgedChange | ChangeRefusal> {
  const key = refusalKey(deps.keys, request, changer, owner)
  const closed = await closedUntil(deps, key)
  if (closed) return faultOutcome(closed)
  const { person } = owner
  const client = { queueKey: `change-${person}`, network: request.network.id }
  const verdict = await judgeCandidate(deps, {
    ...client,
    person,
    fields,
    current: fields.ancien,
    containsAnswer: password => containsAnswer(deps.joker, person, client, password),
  })
  if (verdict.ok) {
    const { historyHash, failedBind } = verdict
    return { kind: 'accepted', ...owner, historyHash, failedBind }
  }
  if ('problems' in verdict) return refuse(deps, key, verdict.problems)
  const isAway = verdict.reason === 'directory-unavailable'
  return faultOutcome({ kind: isAway ? 'directory-unavailable' : 'busy' })
}

/**
 * Judges a submitted form: the old password, then the new one; everything that is wrong is said at once. Of the new one, only the
 * owner learns what depends on a person. The form is rate limited (`limits.refusalsPerJourney`), so that the rules do not become
 * an oracle.
 */
export async function judgeChange(
  deps: ChangeJudgeDeps,
  request: HandlerRequest,
  changer: Changer,
  fields: ChangeFields,
): Promise<JudgedChange | ChangeRefusal> {
  const sessionKey = refusalKey(deps.keys, request, changer, null)
  const lockedUntil = await closedUntil(deps, sessionKey)
  if (lockedUntil) return faultOutcome(lockedUntil)
  const provedAt = deps.clock.now()
  const old = await checkOldPassword(deps, request, changer, fields.ancien)
  if ('fault' in old) return faultOutcome(old.fault)
  if ('person' in old)
    return judgeOwnersChange(deps, request, changer, { person: old.person, provedAt }, fields)
  const problem: ChangeProblem = { field: 'ancien', ...old.problem }
  return old.isWrong
    ? refuse(deps, sessionKey, [problem, ...problemsForNobody(deps.rules, fields)])
    : { kind: 'refused', problems: [problem] }
}
