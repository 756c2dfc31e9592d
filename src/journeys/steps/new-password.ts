import { z } from 'zod'
import type { Directory, PersonId } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import type { HashRefusal } from '../../hashing/hashing.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import type { NewPasswordProblem } from '../../password/new-password.fields.tsx'
import { formProblems, newPasswordForm } from '../../password/new-password-form.ts'
import type { PasswordRules } from '../../password/password.ts'
import type { RouteName } from '../../routes.ts'
import { receiptHandle, receiptId } from '../../services/receipt/receipt.ts'
import type { Attempt, Attempts } from '../../services/source/attempts.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Outcome, Source, SourceRefusal } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import { isReason, type TextKey } from '../../texts/texts.ts'
import type { SetCookie } from '../../web/cookies.ts'
import { optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { createCandidateJudge, substringDigests } from './candidate.ts'
import { publicRef } from './guard.ts'
import { newPasswordPage } from './new-password.page.tsx'
import type { StepContext } from './step-context.ts'
import type { NewPasswordState, ProofDeps, WritingState } from './steps.ts'

const form = z.object({ ...newPasswordForm, demarche: optionalField(40) })
type Fields = z.infer<typeof form>

/** Refusals that end the journey instead of showing the form again. */
const redirected = new Set<string>([
  'account-closed',
  'account-privileged',
  'account-active',
  'account-active-first-day',
  'factor-first',
  'journey-superseded',
  'proof-replaced',
] satisfies SourceRefusal[])

/** The step of a journey that chooses a password: its number, the kind of its attempt, and its transitions. */
export type NewPasswordStep = StepContext<NewPasswordState> & {
  readonly attemptKind: Exclude<Attempt['kind'], 'freeze'>
  readonly step: number
  readonly heading: TextKey
  readonly pages: { readonly writing: RouteName; readonly written: RouteName; readonly stopped: RouteName }
  countRefusal(tx: Tx, journey: Journey<NewPasswordState>): Promise<number>
  exhausted(tx: Tx, journey: Journey<NewPasswordState>): Promise<boolean>
  submitted(tx: Tx, journey: Journey<NewPasswordState>, next: WritingState): Promise<boolean>
  /** The joker is chosen after the password, so the password's digests are kept to refuse an answer that it contains. */
  readonly jokerNext: boolean
}

export type PasswordDeps = ProofDeps & {
  readonly directory: Directory
  readonly rules: PasswordRules
  readonly budget: BindBudget
  readonly attempts: Attempts
  readonly source: Source
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly charterVersion: string
}

/**
 * Checks the rules first, because they are cheap, then computes one hash for the history, then writes the password last.
 * Of two concurrent submissions one claims the step; the other is redirected to the page of the outcome.
 */
export const createNewPasswordHandlers = (deps: PasswordDeps, context: NewPasswordStep) => {
  const { store, limits, audit, rules, attempts, source, knownBrowsers } = deps
  const judge = createCandidateJudge(deps)

  const page = (
    request: HandlerRequest,
    journey: Journey<NewPasswordState>,
    problems: readonly NewPasswordProblem[],
    more: { fields?: Fields; status?: number } = {},
  ): HandlerResult => ({
    kind: 'page',
    status: more.status ?? 200,
    page: newPasswordPage({
      ui: deps.ui(request.language),
      context,
      ref: publicRef(journey),
      policy: rules.policy,
      typed: more.fields?.nouveau ?? '',
      problems,
      charterAccepted: more.fields?.charte ?? false,
      expiresAt: journey.expiresAt,
    }),
  })

  /**
   * Counts a refused password. The twentieth ends the journey, or the rules would be an oracle for guessing passwords.
   */
  const refuse = async (
    request: HandlerRequest,
    journey: Journey<NewPasswordState>,
    problems: readonly NewPasswordProblem[],
    fields: Fields,
  ): Promise<HandlerResult> => {
    const exhausted = await store.transaction(async tx => {
      const spent = await context.countRefusal(tx, journey)
      if (spent < limits.refusalsPerJourney) return false
      await audit.append(tx, {
        chain: journey.subject,
        kind: 'journey.ended',
        by: { kind: 'person', id: journey.state.person },
        details: { why: 'too-many-refusals' },
      })
      return context.exhausted(tx, journey)
    })
    return exhausted
      ? redirect(request.href(context.pages.stopped))
      : page(request, journey, problems, { fields, status: 422 })
  }

  const claim = async (
    journey: Journey<NewPasswordState>,
    password: string,
    historyHash: string,
    handle: string,
  ): Promise<Attempt | null> => {
    const { person, answerDigest, factor, provedAt } = journey.state
    const { language } = journey
    const facts = {
      language,
      historyHash,
      charterVersion: deps.charterVersion,
      receipt: receiptId(receiptHandle(handle)),
      provedAt,
      ...(factor && { factor }),
    }
    const { attempt, insert } = await attempts.prepare(
      { kind: context.attemptKind, person, journey: journey.id, facts },
      password,
    )
    const claimed = await store.transaction(async tx => {
      const next = {
        step: 'writing' as const,
        person,
        answerDigest,
        factor,
        provedAt,
        attempt: attempt.id,
        ...(context.jokerNext && { substringDigests: substringDigests(handle, password) }),
      }
      if (!(await context.submitted(tx, journey, next))) return false
      await insert(tx)
      await audit.append(tx, {
        chain: person,
        kind: 'password.attempted',
        by: { kind: 'person', id: person },
        details: { attempt: attempt.id },
      })
      return true
    })
    return claimed ? attempt : null
  }

  /**
   * Cookie of a known browser, except when the account was frozen since: its owner used the link in the notification of
   * this write.
   */
  const knownCookies = (request: HandlerRequest, person: PersonId): Promise<readonly SetCookie[]> =>
    store.transaction(async tx => {
      await deps.revocations.lockPersonRow(tx, person)
      const frozen = (await deps.freezes.find(person, tx))?.kind === 'frozen'
      return frozen ? [] : [await knownBrowsers.remember(tx, person, request)]
    })

  const answerTo = async (
    request: HandlerRequest,
    journey: Journey<NewPasswordState>,
    fields: Fields,
    outcome: Outcome,
  ): Promise<HandlerResult> => {
    if (outcome.ok)
      return redirect(request.href(context.pages.written), await knownCookies(request, journey.state.person))
    const { reason } = outcome
    if (reason === 'outcome-unknown') return redirect(request.href(context.pages.writing))
    if (reason === 'directory-unavailable') return problem(directoryUnavailable)
    if (redirected.has(reason)) return redirect(request.href(context.pages.stopped))
    const again = await context.guard(request)
    return 'redirected' in again
      ? again.redirected
      : refuse(request, again.journey, [{ field: 'nouveau', reason }], fields)
  }

  const get: Handler = async request => {
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    const { problem: reason } = at.journey.state
    return page(request, at.journey, reason && isReason(reason) ? [{ field: 'nouveau', reason }] : [])
  }

  const failedCheck = (
    request: HandlerRequest,
    journey: Journey<NewPasswordState>,
    reason: HashRefusal | 'directory-unavailable',
  ) => {
    if (reason === 'hashing-twice') return context.follow(request, journey)
    return reason === 'hashing-busy' ? problem(busy, { retryAfter: 5 }) : problem(directoryUnavailable)
  }

  const submit = async (
    request: HandlerRequest,
    journey: Journey<NewPasswordState>,
    fields: Fields,
  ): Promise<HandlerResult> => {
    const cheap = formProblems(fields, rules.judgeWithoutPerson(fields.nouveau))
    if (cheap.length > 0) return refuse(request, journey, cheap, fields)
    const handle = request.cookie(journeyCookie) ?? ''
    const judged = await judge(handle, journey, fields.nouveau)
    if (!judged.ok)
      return 'weak' in judged
        ? refuse(request, journey, formProblems(fields, judged.weak), fields)
        : failedCheck(request, journey, judged.reason)
    const attempt = await claim(journey, fields.nouveau, judged.historyHash, handle)
    if (!attempt) return redirect(request.href(context.pages.writing))
    return answerTo(request, journey, fields, await source.writePassword(attempt, fields.nouveau))
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const at = await context.guard(request)
    if ('redirected' in at) return at.redirected
    if (fields.data.demarche !== publicRef(at.journey))
      return page(request, at.journey, [{ field: null, reason: 'journey-other-tab' }], { status: 409 })
    return submit(request, at.journey, fields.data)
  }

  return { get, post }
}
