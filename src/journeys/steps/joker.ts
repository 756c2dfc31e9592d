import { z } from 'zod'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { knownBrowserCookie } from '../../identity/known-browsers.ts'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { createAnswerDigest } from '../../proofs/joker/joker.ts'
import type { Claimant, Verdict } from '../../proofs/joker/tries.ts'
import { field } from '../../web/form.ts'
import { type HandlerRequest, problem, tooMany } from '../../web/handler.ts'
import { busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { createFormStep, journeyField, type Submitted } from './form-step.ts'
import { publicRef } from './guard.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import { createJokerDecision, type JokerAnswer, type JokerDecisionDeps } from './joker-decision.ts'
import type { ProofStep } from './step-context.ts'
import type { ProofStepDeps, ProveState } from './steps.ts'

const schema = z.object({ reponse: field(300), ...journeyField })

type JokerStepDeps = JokerDecisionDeps & Pick<ProofStepDeps, 'limits' | 'joker' | 'knownBrowsers' | 'ui'>

type Deps = JokerStepDeps & {
  readonly proofStep: ProofStep<ProveState>
  readonly decide: ReturnType<typeof createJokerDecision>
}
type AtJoker = Journey<ProveState>
type Answered = Promise<Submitted<ProveState, JokerProblem>>

async function claimantOf(
  { knownBrowsers }: Deps,
  request: HandlerRequest,
  { subject }: AtJoker,
): Promise<Claimant> {
  const { own, other: sharedBrowser } = await knownBrowsers.find(request.cookie(knownBrowserCookie), subject)
  return { subject, browser: own, sharedBrowser, network: request.network.id }
}

/**
 * Tries left, counting the wrong answers of this journey only. The total of all journeys is never shown: somebody on the
 * same network would learn from it which date of birth is right. For the same reason every known browser counts alike,
 * whoever it belongs to. The question may therefore be suspended before the announced number of tries is used up.
 */
const leftIn = ({ limits }: Deps, { browser, sharedBrowser }: Claimant, wrong: number) =>
  Math.max(1, (browser || sharedBrowser ? limits.jokerTriesKnownBrowser : limits.jokerTries) - wrong)

async function view(deps: Deps, request: HandlerRequest, journey: AtJoker, shown: JokerProblem | null) {
  const { joker, proofStep } = deps
  const claimant = await claimantOf(deps, request, journey)
  const [question, suspendedUntil] = await Promise.all([
    joker.question(journey.subject, journey.state.person, request.language),
    joker.tries.suspendedUntil(claimant),
  ])
  return jokerPage({
    ui: deps.ui(request.language),
    proofStep,
    otherWays: proofStep.offered(journey).length > 1 ? proofStep.choice : null,
    question,
    ref: publicRef(journey),
    suspendedUntil,
    left: journey.state.wrong ? leftIn(deps, claimant, journey.state.wrong) : null,
    ineDoubt: journey.state.ineDoubt,
    numberKind: journey.state.numberKind,
    open: { until: journey.expiresAt, now: request.arrivedAt },
    problem: shown,
  })
}

async function refuse(
  deps: Deps,
  request: HandlerRequest,
  journey: AtJoker,
  verdict: Exclude<Verdict['verdict'], 'right'>,
  wrong: number,
): Answered {
  if (verdict !== 'wrong') return { kind: 'refused', problem: { reason: 'joker-suspended' } }
  const left = leftIn(deps, await claimantOf(deps, request, journey), wrong)
  return { kind: 'refused', problem: { reason: 'answer-wrong', left } }
}

/** The answer that was just refused, sent again by a double click: refused again without counting it again. */
async function refuseAgain(deps: Deps, request: HandlerRequest, journey: AtJoker, claimant: Claimant) {
  const suspendedUntil = await deps.joker.tries.suspendedUntil(claimant)
  return refuse(deps, request, journey, suspendedUntil ? 'suspended' : 'wrong', journey.state.wrong ?? 1)
}

async function judged(
  deps: Deps,
  request: HandlerRequest,
  journey: AtJoker,
  claimant: Claimant,
  answer: JokerAnswer,
): Answered {
  if (journey.state.refused === answer.answerDigest) return refuseAgain(deps, request, journey, claimant)
  const decision = await deps.decide(journey, claimant, answer)
  if (!decision) return { kind: 'concurrent' }
  const { verdict, leadsTo } = decision
  if (verdict.verdict !== 'right')
    return refuse(deps, request, journey, verdict.verdict, (journey.state.wrong ?? 0) + 1)
  return { kind: 'moved', to: leadsTo ?? deps.proofStep.page }
}

async function submit(deps: Deps, request: HandlerRequest, journey: AtJoker, typed: string): Answered {
  if (foldAnswer(typed) === '') return { kind: 'refused', problem: { reason: 'answer-missing' } }
  const { joker } = deps
  const claimant = await claimantOf(deps, request, journey)
  const opensAt = await joker.tries.networkOpensAt(request.network, claimant)
  if (opensAt !== null) return tooMany(request, opensAt)
  const { subject, network, id, state } = journey
  const read = await joker.verify({ subject, person: state.person, network, queueKey: id, claimant }, typed)
  if (read.ok) {
    const answerDigest = createAnswerDigest(request.cookie(journeyCookie) ?? '')(foldAnswer(typed))
    return judged(deps, request, journey, claimant, { ...read.answer, answerDigest, at: request.arrivedAt })
  }
  return read.reason === 'hashing-twice' ? { kind: 'concurrent' } : problem(busy, { retryAfter: 5 })
}

/**
 * The joker as a step of a journey. One look-up and one hash for every subject, then one transaction decides (`joker-decision.ts`).
 */
export const createJokerStep = (stepDeps: JokerStepDeps, proofStep: ProofStep<ProveState>) => {
  const deps = { ...stepDeps, proofStep, decide: createJokerDecision(stepDeps, proofStep) }
  return createFormStep<ProveState, z.infer<typeof schema>, JokerProblem>(proofStep, {
    schema,
    view: (request, journey, shown) => view(deps, request, journey, shown),
    submit: (request, journey, { reponse }) => submit(deps, request, journey, reponse),
  })
}
