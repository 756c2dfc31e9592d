import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import { type CandidateVerdict, createPasswordJudge } from '../../password/candidate.ts'
import { foldWord } from '../../password/fold.ts'
import { coreOf } from '../../password/leaked/core.ts'
import type { NewPasswordProblem } from '../../password/new-password.fields.tsx'
import { formProblems, newPasswordForm } from '../../password/new-password-form.ts'
import type { PasswordRules } from '../../password/password.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { ok } from '../../result.ts'
import type { Attempt, Attempts } from '../../services/source/attempts.ts'
import type { Outcome, Source } from '../../services/source/source.ts'
import type { Store } from '../../store/store.ts'
import type { ReasonKey } from '../../texts/texts.ts'
import { field } from '../../web/form.ts'
import type { HandlerRequest } from '../../web/handler.ts'
import {
  type AcceptedPasswords,
  type AuthenticationFault,
  authenticationFault,
  type ClosedProblem,
  closedProblem,
  type PasswordAuthenticator,
  type PasswordCheck,
  provedPerson,
} from '../sign-in/password-authenticator.ts'

export const changeForm = z.object({ ancien: field(4096), ...newPasswordForm })
export type ChangeFields = z.infer<typeof changeForm>
export type ChangeProblem = NewPasswordProblem<'ancien' | 'identifiant'>

export type PasswordChangerDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly directory: Directory
  readonly rateLimiter: RateLimiter
  readonly secondFactor: SecondFactor
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly rules: PasswordRules
  readonly budget: BindBudget
  readonly joker: Joker
  readonly attempts: Attempts
  readonly source: Source
  readonly charterVersion: string
  /** The passwords that may be changed without a session; with one, any. */
  readonly withoutSession: AcceptedPasswords
}

/**
 * The person who changes the password: signed in, with a session that continues and the second factor shown in it; or
 * unable to sign in because the directory reports the password as expired, with a receipt instead.
 */
export type Changer = {
  readonly login: string
  readonly as:
    | { readonly session: string; readonly factor: ShownFactor | null }
    | { readonly session: null; readonly receipt: string }
}

/** The person whose old password was right, and when it was checked. */
type Owner = { readonly person: PersonId; readonly provedAt: number }

export type ChangeOutcome =
  | { readonly kind: 'written'; person: PersonId; attempt: Attempt; outcome: Outcome }
  | { readonly kind: 'refused'; readonly problems: readonly ChangeProblem[] }
  | { readonly kind: 'fault'; readonly fault: AuthenticationFault | { readonly kind: 'busy' } }

const factsOf = ({ as }: Changer) => {
  if (as.session === null) return { receipt: as.receipt }
  return { session: as.session, ...(as.factor && { factor: as.factor }) }
}

const faultOutcome = (fault: AuthenticationFault | { readonly kind: 'busy' }): ChangeOutcome => ({
  kind: 'fault',
  fault,
})

/**
 * Ancien mot de passe, Nouveau, Confirmation: the old one is checked as at sign-in, the new one by the rules of recovery,
 * and written through the same attempts. The form is rate limited (`limits.refusalsPerJourney`), so that the rules do not
 * become an oracle.
 */
export const createPasswordChanger = (deps: PasswordChangerDeps) => {
  const {
    store,
    clock,
    limits,
    keys,
    audit,
    rateLimiter,
    secondFactor,
    passwordAuthenticator,
    rules,
    joker,
    attempts,
    source,
  } = deps
  const judge = createPasswordJudge(deps)
  const refusalLimit: RateLimit = { name: 'change-refused', window: limits.changeWindow }

  /** The joker answer is stored as a hash: compares it with the password without the digits and signs around it. */
  const containsAnswer = async (
    request: HandlerRequest,
    person: PersonId,
    queueKey: string,
    password: string,
  ) => {
    const core = foldWord(coreOf(password))
    if (core === '') return ok({ contains: false })
    const compared = await joker.compare(
      { subject: person, person, network: request.network.id, queueKey },
      core,
    )
    return compared.ok ? ok({ contains: compared.right }) : compared
  }

  const judged = (request: HandlerRequest, person: PersonId, password: string): Promise<CandidateVerdict> => {
    const queueKey = `change-${person}`
    return judge(
      {
        person,
        queueKey,
        network: request.network.id,
        containsAnswer: typed => containsAnswer(request, person, queueKey, typed),
      },
      password,
    )
  }

  /** Key of the rate limit: per session; without one per person and network, and only once the old password was right. */
  const keyOf = (request: HandlerRequest, { as: { session } }: Changer, owner: Owner | null) => {
    if (session !== null) return hmac(keys.of('subject'), 'change-session', session)
    return owner && hmac(keys.of('subject'), 'change', owner.person, request.network.id)
  }

  /** The fault to answer while the rate limit is exceeded; `null` otherwise. */
  const closedUntil = async (key: string | null): Promise<AuthenticationFault | null> => {
    const until = key === null ? 0 : await rateLimiter.opensAt(refusalLimit, key, limits.refusalsPerJourney)
    return until > clock.now() ? { kind: 'too-many', until } : null
  }

  const refuse = async (key: string | null, problems: readonly ChangeProblem[]): Promise<ChangeOutcome> => {
    if (key !== null) await store.transaction(tx => rateLimiter.hit(tx, refusalLimit, key))
    return { kind: 'refused', problems }
  }

  const write = async (
    request: HandlerRequest,
    changer: Changer,
    { person, provedAt }: Owner,
    { ancien, nouveau: password }: ChangeFields,
    historyHash: string,
  ) => {
    const { attempt, insert } = await attempts.prepare(
      {
        kind: 'change',
        person,
        journey: null,
        facts: {
          language: request.language,
          historyHash,
          charterVersion: deps.charterVersion,
          provedAt,
          ...factsOf(changer),
        },
      },
      password,
    )
    await store.transaction(async tx => {
      await insert(tx)
      await audit.append(tx, {
        chain: person,
        kind: 'password.attempted',
        by: { kind: 'person', id: person },
        details: { attempt: attempt.id },
      })
    })
    const outcome = await source.writePassword(attempt, password, ancien)
    return { kind: 'written' as const, person, attempt, outcome }
  }

  /** Checks the new password by the rules and writes it, once the old one was right. */
  const choose = async (
    request: HandlerRequest,
    changer: Changer,
    owner: Owner,
    fields: ChangeFields,
  ): Promise<ChangeOutcome> => {
    const closed = await closedUntil(keyOf(request, changer, owner))
    if (closed) return faultOutcome(closed)
    const judgement = await judged(request, owner.person, fields.nouveau)
    if (judgement.ok) return write(request, changer, owner, fields, judgement.historyHash)
    if ('weak' in judgement)
      return refuse(keyOf(request, changer, owner), formProblems(fields, judgement.weak))
    const isAway = judgement.reason === 'directory-unavailable'
    return faultOutcome({ kind: isAway ? 'directory-unavailable' : 'busy' })
  }

  /**
   * Without a session only a password that the directory reports as expired may be changed: with a valid one the person
   * must sign in, where the institution's server may ask for more. A person with a second factor must use recovery, which
   * asks for it: the password alone would bypass it.
   */
  const refusalWithoutSession = async (checked: PasswordCheck, person: PersonId) => {
    if (checked.ok) return 'password-not-expired'
    return isAsked(await secondFactor.of(person)) ? 'factor-first' : null
  }

  type OldPasswordCheck =
    | { readonly person: PersonId }
    | { readonly fault: AuthenticationFault }
    | { readonly problem: ClosedProblem | { readonly reason: ReasonKey }; readonly isWrong: boolean }

  /** Checks the old password: the person, or why it cannot be used. */
  const oldPassword = async (
    request: HandlerRequest,
    changer: Changer,
    typed: string,
  ): Promise<OldPasswordCheck> => {
    const isSigned = changer.as.session !== null
    const accepted = isSigned ? 'any' : deps.withoutSession
    const checked = await passwordAuthenticator.check(request, changer.login, typed, accepted)
    const fault = authenticationFault(checked)
    if (fault) return { fault }
    const closed = closedProblem(checked)
    if (closed) return { problem: closed, isWrong: false }
    const person = provedPerson(checked)
    const reason = accepted === 'any' ? 'password-refused' : 'expired-refused'
    if (!person) return { problem: { reason }, isWrong: true }
    const bar = isSigned ? null : await refusalWithoutSession(checked, person.id)
    return bar ? { problem: { reason: bar }, isWrong: false } : { person: person.id }
  }

  return async (request: HandlerRequest, changer: Changer, fields: ChangeFields): Promise<ChangeOutcome> => {
    const sessionKey = keyOf(request, changer, null)
    const lockedUntil = await closedUntil(sessionKey)
    if (lockedUntil) return faultOutcome(lockedUntil)
    const quickProblems: readonly ChangeProblem[] = formProblems(
      fields,
      rules.judgeWithoutPerson(fields.nouveau),
    )
    if (quickProblems.length > 0 && fields.ancien !== '') return refuse(sessionKey, quickProblems)
    const provedAt = clock.now()
    const old = await oldPassword(request, changer, fields.ancien)
    if ('fault' in old) return faultOutcome(old.fault)
    if ('person' in old) return choose(request, changer, { person: old.person, provedAt }, fields)
    const problem: ChangeProblem = { field: 'ancien', ...old.problem }
    return old.isWrong
      ? refuse(sessionKey, [problem, ...quickProblems])
      : { kind: 'refused', problems: [problem] }
  }
}
