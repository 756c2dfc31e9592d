import { z } from 'zod'
import type { Directory } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import type { HashRefusal } from '../../hashing/hashing.ts'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import { type CandidateVerdict, judgeCandidate } from '../../password/candidate.ts'
import type { NewPasswordProblem } from '../../password/new-password.fields.tsx'
import { newPasswordForm } from '../../password/new-password-form.ts'
import type { PasswordRules } from '../../password/password.ts'
import type { RouteName } from '../../routes.ts'
import { receiptHandle, receiptId } from '../../services/receipt/receipt.ts'
import { attemptDetails } from '../../services/source/attempt.ts'
import type { Attempt, Attempts } from '../../services/source/attempts.ts'
import type { Outcome, Source } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import { isReason, type TextKey } from '../../texts/texts.ts'
import type { SetCookie } from '../../web/cookies.ts'
import { type HandlerRequest, problem } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { candidateOf, substringDigests } from './candidate.ts'
import { createFormStep, journeyField, type OtherTab, type Submitted } from './form-step.ts'
import { publicRef } from './guard.ts'
import { journeyDetails } from './journey-details.ts'
import { sealJourneyForm, unsealJourneyForm } from './journey-form.ts'
import { unsealLogin } from './journey-login.ts'
import { newPasswordPage } from './new-password.page.tsx'
import { endsJourney } from './record-journey.ts'
import type { StepContext } from './step-context.ts'
import type { NewPasswordState, ProofStepDeps, WritingState } from './steps.ts'

const schema = z.object({ ...newPasswordForm, ...journeyField })
type Fields = z.infer<typeof schema>

/** The step of a journey that chooses a password: its number, the kind of its attempt, and its transitions. */
export type NewPasswordStep = StepContext<NewPasswordState> & {
  readonly attemptKind: Exclude<Attempt['kind'], 'freeze'>
  readonly step: number
  readonly heading: TextKey
  readonly pages: { readonly writing: RouteName; readonly written: RouteName; readonly stopped: RouteName }
  countRefusal(tx: Tx, journey: Journey<NewPasswordState>, next: NewPasswordState): Promise<number>
  exhausted(tx: Tx, journey: Journey<NewPasswordState>): Promise<boolean>
  submitted(tx: Tx, journey: Journey<NewPasswordState>, next: WritingState): Promise<boolean>
  /** The joker is chosen after the password, so the password's digests are kept to refuse an answer that it contains. */
  readonly jokerNext: boolean
}

type PasswordDeps = Pick<ProofStepDeps, 'store' | 'limits' | 'keys' | 'audit' | 'knownBrowsers' | 'ui'> & {
  readonly directory: Directory
  readonly rules: PasswordRules
  readonly budget: BindBudget
  readonly attempts: Attempts
  readonly source: Source
  readonly charterVersion: string
}

type Deps = PasswordDeps & { readonly step: NewPasswordStep }
type AtPassword = Journey<NewPasswordState>

/** What the page shows of a refused form; never a password. */
type RefusedForm = { readonly problems: readonly NewPasswordProblem[]; readonly charterAccepted: boolean }
type Answered = Promise<Submitted<NewPasswordState, never>>

/** Without a refused form: the refusal of a write that was settled after its request. */
function refusedFormOf({ keys }: Deps, journey: AtPassword): RefusedForm {
  const { refusedForm, problem: reason } = journey.state
  const kept = unsealJourneyForm<RefusedForm>(keys, journey.id, refusedForm)
  if (kept) return kept
  return {
    problems: reason && isReason(reason) ? [{ field: 'nouveau', reason }] : [],
    charterAccepted: false,
  }
}

function view(deps: Deps, request: HandlerRequest, journey: AtPassword, otherTab: OtherTab | null) {
  const { problems, charterAccepted } = refusedFormOf(deps, journey)
  return newPasswordPage({
    ui: deps.ui(request.language),
    context: deps.step,
    ref: publicRef(journey),
    policy: deps.rules.policy,
    login: unsealLogin(deps.keys, journey.id, journey.state.sealedLogin),
    problems: otherTab ? [{ field: null, reason: otherTab.reason }] : problems,
    charterAccepted,
    open: { until: journey.expiresAt, now: request.arrivedAt },
  })
}

/**
 * Counts a refused password, and keeps why for the page to which the browser is redirected: so Back and reload show that page and
 * send nothing again. The twentieth ends the journey, or the rules would be an oracle for guessing passwords.
 */
async function refuse(deps: Deps, journey: AtPassword, refused: RefusedForm): Answered {
  const { store, limits, audit, keys, step } = deps
  const { problem: _, ...state } = journey.state
  const next = { ...state, refusedForm: sealJourneyForm(keys, journey.id, refused) }
  const exhausted = await store.transaction(async tx => {
    const spent = await step.countRefusal(tx, journey, next)
    if (spent < limits.refusalsPerJourney) return false
    await audit.append(tx, {
      chain: journey.subject,
      kind: 'journey.ended',
      by: { kind: 'person', id: journey.state.person },
      details: { why: 'too-many-refusals', ...journeyDetails(journey) },
    })
    return step.exhausted(tx, journey)
  })
  return { kind: 'moved', to: exhausted ? step.pages.stopped : step.page }
}

/** What the request commits with the attempt: the journey moves to `writing`; false when another request moved it first. */
async function recordSubmission(
  { audit, step }: Deps,
  tx: Tx,
  journey: AtPassword,
  attempt: Attempt,
  digests: { readonly substringDigests?: readonly string[] },
) {
  const { person, answerDigest, factor, provedAt, sealedLogin } = journey.state
  const next = {
    step: 'writing',
    person,
    answerDigest,
    factor,
    provedAt,
    sealedLogin,
    attempt: attempt.id,
    ...digests,
  } as const
  if (!(await step.submitted(tx, journey, next))) return false
  await audit.append(tx, {
    chain: person,
    kind: 'password.attempted',
    by: { kind: 'person', id: person },
    details: attemptDetails(attempt),
  })
  return true
}

type Written = { readonly outcome: Outcome; readonly cookies: readonly SetCookie[] }

/** `cookies`: by them the browser is known from now on, unless a freeze forgets it; `null`: another request moved the journey. */
async function write(
  deps: Deps,
  journey: AtPassword,
  password: string,
  { historyHash, failedBind }: Extract<CandidateVerdict, { ok: true }>,
  handle: string,
): Promise<Written | null> {
  const { attempts, source, budget, knownBrowsers, charterVersion, step } = deps
  const { language, device, state } = journey
  const { person, factor, provedAt } = state
  const browser = knownBrowsers.prepare()
  const receipt = receiptId(receiptHandle(handle))
  const facts = { language, device, historyHash, charterVersion, receipt, provedAt, browser: browser.id }
  const prepared = await attempts.prepare(
    {
      kind: step.attemptKind,
      person,
      journey: journey.id,
      facts: { ...facts, ...(factor && { factor }), ...(failedBind && { failedBind }) },
    },
    password,
  )
  const digests = step.jokerNext ? { substringDigests: substringDigests(handle, password) } : {}
  const outcome = await source.commitAndWrite(prepared, password, {
    record: tx => recordSubmission(deps, tx, journey, prepared.attempt, digests),
  })
  if (!outcome && failedBind) await budget.failed(failedBind)
  return outcome && { outcome, cookies: outcome.ok ? [browser.cookie] : [] }
}

async function answerTo(
  deps: Deps,
  request: HandlerRequest,
  fields: Fields,
  { outcome, cookies }: Written,
): Answered {
  const { pages, guard } = deps.step
  if (outcome.ok) return { kind: 'moved', to: pages.written, cookies }
  const { reason } = outcome
  if (reason === 'outcome-unknown') return { kind: 'moved', to: pages.writing }
  if (reason === 'directory-unavailable') return problem(directoryUnavailable)
  if (endsJourney(reason)) return { kind: 'moved', to: pages.stopped }
  const again = await guard(request)
  return 'redirected' in again
    ? again.redirected
    : refuse(deps, again.journey, {
        problems: [{ field: 'nouveau', reason }],
        charterAccepted: fields.charte,
      })
}

const failedCheck = (reason: HashRefusal | 'directory-unavailable'): Submitted<NewPasswordState, never> => {
  if (reason === 'hashing-twice') return { kind: 'concurrent' }
  return reason === 'hashing-busy' ? problem(busy, { retryAfter: 5 }) : problem(directoryUnavailable)
}

async function submit(deps: Deps, request: HandlerRequest, journey: AtPassword, fields: Fields): Answered {
  const handle = request.cookie(journeyCookie) ?? ''
  const judged = await judgeCandidate(deps, candidateOf(handle, journey, fields))
  if (!judged.ok)
    return 'problems' in judged
      ? refuse(deps, journey, { problems: judged.problems, charterAccepted: fields.charte })
      : failedCheck(judged.reason)
  const written = await write(deps, journey, fields.nouveau, judged, handle)
  if (!written) return { kind: 'moved', to: deps.step.pages.writing }
  return answerTo(deps, request, fields, written)
}

/**
 * Judges the form, then writes the password last. Of two concurrent submissions one claims the step; the other is redirected to
 * the page of the outcome.
 */
export const createNewPasswordHandlers = (passwordDeps: PasswordDeps, step: NewPasswordStep) => {
  const deps = { ...passwordDeps, step }
  return createFormStep<NewPasswordState, Fields, never>(step, {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, fields) => submit(deps, request, journey, fields),
  })
}
