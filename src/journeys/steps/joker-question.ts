import { z } from 'zod'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { answerMarks } from '../../proofs/joker/joker.ts'
import type { Asker, Verdict } from '../../proofs/joker/tries.ts'
import { field, optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  tooMany,
} from '../../web/handler.ts'
import type { Journey } from '../journey.ts'
import { publicRef } from './guard.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import { type Given, jokerDecision } from './joker-decision.ts'
import type { ProofStep } from './step-context.ts'
import type { AtJoker, ProofDeps } from './steps.ts'

const form = z.object({ reponse: field(300), demarche: optionalField(40) })

/**
 * The joker as a step of a journey, at the place that the journey gives it. One look-up and one hash for everybody; then one transaction judges, counts, tells and moves. A
 * frozen, suspended or unknown person is refused with the words and rows of a wrong answer.
 */
export const jokerQuestion = (deps: ProofDeps, proofStep: ProofStep<AtJoker>) => {
  const { joker, knownBrowsers, limits } = deps
  const decide = jokerDecision(deps, proofStep)

  const askerOf = async (request: HandlerRequest, { subject }: Journey<AtJoker>): Promise<Asker> => {
    const { own, beside } = await knownBrowsers.find(request.cookie('known'), subject)
    return { subject, browser: own, beside, network: request.network.id }
  }

  /**
   * Tries left, as far as this journey knows. What others, or the owner, got wrong is told to nobody: whoever shares their
   * network would see by it which date of birth is right. For the same reason a known browser counts by its being
   * one, whosever it is. The question may therefore close before the last try that was told.
   */
  const leftIn = ({ browser, beside }: Asker, wrong: number) =>
    Math.max(1, (browser || beside ? limits.jokerTriesKnownBrowser : limits.jokerTries) - wrong)

  const page = async (
    request: HandlerRequest,
    journey: Journey<AtJoker>,
    told: { problem?: JokerProblem; status?: number } = {},
  ): Promise<HandlerResult> => {
    const asker = await askerOf(request, journey)
    const [question, state] = await Promise.all([
      joker.question(journey.subject, journey.state.person, request.language),
      joker.tries.state(asker),
    ])
    return {
      kind: 'page',
      status: told.status ?? 200,
      page: jokerPage({
        ui: deps.ui(request.language),
        proofStep,
        question,
        ref: publicRef(journey),
        suspendedUntil: state.suspendedUntil,
        left: journey.state.wrong ? leftIn(asker, journey.state.wrong) : null,
        ineDoubt: journey.state.ineDoubt,
        number: journey.state.number,
        expiresAt: journey.expiresAt,
        problem: told.problem ?? null,
      }),
    }
  }

  const get: Handler = async request => {
    const at = await proofStep.guard(request)
    return 'redirected' in at ? at.redirected : page(request, at.journey)
  }

  const told = async (
    request: HandlerRequest,
    journey: Journey<AtJoker>,
    verdict: Exclude<Verdict['verdict'], 'right'>,
    wrong: number,
  ) =>
    page(request, journey, {
      problem:
        verdict === 'wrong'
          ? { reason: 'answer-wrong', left: leftIn(await askerOf(request, journey), wrong) }
          : { reason: 'joker-suspended' },
      status: 422,
    })

  /** The refused answer that was just judged, sent again by a second click: told again, not counted again. */
  const toldAgain = async (request: HandlerRequest, journey: Journey<AtJoker>, asker: Asker) => {
    const { suspendedUntil } = await joker.tries.state(asker)
    return told(request, journey, suspendedUntil ? 'suspended' : 'wrong', journey.state.wrong ?? 1)
  }

  const judged = async (
    request: HandlerRequest,
    journey: Journey<AtJoker>,
    asker: Asker,
    answer: Given,
  ): Promise<HandlerResult> => {
    if (journey.state.refused === answer.mark) return toldAgain(request, journey, asker)
    const decision = await decide(journey, asker, answer)
    if (!decision) return proofStep.follow(request, journey)
    const { verdict, leadsTo } = decision
    if (verdict.verdict !== 'right')
      return told(request, journey, verdict.verdict, (journey.state.wrong ?? 0) + 1)
    return redirect(request.href(leadsTo ?? proofStep.page))
  }

  const answerTo = async (
    request: HandlerRequest,
    journey: Journey<AtJoker>,
    typed: string,
  ): Promise<HandlerResult> => {
    const asker = await askerOf(request, journey)
    const opensAt = await joker.tries.networkOpensAt(request.network, asker)
    if (opensAt !== null) return tooMany(request, opensAt)
    const { subject, network, id, state } = journey
    const compared = await joker.compare({ subject, person: state.person, network, journey: id }, typed)
    if (compared.ok) {
      const mark = answerMarks(request.cookie('journey') ?? '')(foldAnswer(typed))
      return judged(request, journey, asker, { right: compared.right, mark, at: request.arrivedAt })
    }
    return compared.reason === 'hashing-twice'
      ? proofStep.follow(request, journey)
      : problem('busy', { retryAfter: 5 })
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem('bad-request')
    const { demarche, reponse } = fields.data
    const at = await proofStep.guard(request)
    if ('redirected' in at) return at.redirected
    if (demarche !== publicRef(at.journey))
      return page(request, at.journey, { problem: { reason: 'journey-other-tab' }, status: 409 })
    if (foldAnswer(reponse) === '')
      return page(request, at.journey, { problem: { reason: 'answer-missing' }, status: 422 })
    return answerTo(request, at.journey, reponse)
  }

  return { get, post }
}
