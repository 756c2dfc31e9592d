import { z } from 'zod'
import { journeyCookie } from '../../identity/journey-cookie.ts'
import { knownBrowserCookie } from '../../identity/known-browsers.ts'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { createAnswerDigest } from '../../proofs/joker/joker.ts'
import type { Claimant, Verdict } from '../../proofs/joker/tries.ts'
import { field, optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  tooMany,
} from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { Journey } from '../journey.ts'
import { publicRef } from './guard.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import { createJokerDecision, type JokerAnswer } from './joker-decision.ts'
import type { ProofStep } from './step-context.ts'
import type { JokerState, ProofDeps } from './steps.ts'

const form = z.object({ reponse: field(300), demarche: optionalField(40) })

/**
 * The joker as a step of a journey. One look-up and one hash for every subject; then one transaction judges, counts,
 * notifies and moves the journey. A frozen, suspended or unknown person gets the same text and the same rows as a wrong answer.
 */
export const createJokerStep = (deps: ProofDeps, proofStep: ProofStep<JokerState>) => {
  const { joker, knownBrowsers, limits } = deps
  const decide = createJokerDecision(deps, proofStep)

  const claimantOf = async (request: HandlerRequest, { subject }: Journey<JokerState>): Promise<Claimant> => {
    const { own, other: sharedBrowser } = await knownBrowsers.find(
      request.cookie(knownBrowserCookie),
      subject,
    )
    return { subject, browser: own, sharedBrowser, network: request.network.id }
  }

  /**
   * Tries left, counting the wrong answers of this journey only. The total of all journeys is never shown: somebody on the
   * same network would learn from it which date of birth is right. For the same reason every known browser counts alike,
   * whoever it belongs to. The question may therefore be suspended before the announced number of tries is used up.
   */
  const leftIn = ({ browser, sharedBrowser }: Claimant, wrong: number) =>
    Math.max(1, (browser || sharedBrowser ? limits.jokerTriesKnownBrowser : limits.jokerTries) - wrong)

  const page = async (
    request: HandlerRequest,
    journey: Journey<JokerState>,
    reply: { problem?: JokerProblem; status?: number } = {},
  ): Promise<HandlerResult> => {
    const claimant = await claimantOf(request, journey)
    const [question, state] = await Promise.all([
      joker.question(journey.subject, journey.state.person, request.language),
      joker.tries.state(claimant),
    ])
    return {
      kind: 'page',
      status: reply.status ?? 200,
      page: jokerPage({
        ui: deps.ui(request.language),
        proofStep,
        question,
        ref: publicRef(journey),
        suspendedUntil: state.suspendedUntil,
        left: journey.state.wrong ? leftIn(claimant, journey.state.wrong) : null,
        ineDoubt: journey.state.ineDoubt,
        numberKind: journey.state.numberKind,
        expiresAt: journey.expiresAt,
        problem: reply.problem ?? null,
      }),
    }
  }

  const get: Handler = async request => {
    const at = await proofStep.guard(request)
    return 'redirected' in at ? at.redirected : page(request, at.journey)
  }

  const refuse = async (
    request: HandlerRequest,
    journey: Journey<JokerState>,
    verdict: Exclude<Verdict['verdict'], 'right'>,
    wrong: number,
  ) =>
    page(request, journey, {
      problem:
        verdict === 'wrong'
          ? { reason: 'answer-wrong', left: leftIn(await claimantOf(request, journey), wrong) }
          : { reason: 'joker-suspended' },
      status: 422,
    })

  /** The answer that was just refused, sent again by a double click: refused again without counting it again. */
  const refuseAgain = async (request: HandlerRequest, journey: Journey<JokerState>, claimant: Claimant) => {
    const { suspendedUntil } = await joker.tries.state(claimant)
    return refuse(request, journey, suspendedUntil ? 'suspended' : 'wrong', journey.state.wrong ?? 1)
  }

  const judged = async (
    request: HandlerRequest,
    journey: Journey<JokerState>,
    claimant: Claimant,
    answer: JokerAnswer,
  ): Promise<HandlerResult> => {
    if (journey.state.refused === answer.answerDigest) return refuseAgain(request, journey, claimant)
    const decision = await decide(journey, claimant, answer)
    if (!decision) return proofStep.follow(request, journey)
    const { verdict, leadsTo } = decision
    if (verdict.verdict !== 'right')
      return refuse(request, journey, verdict.verdict, (journey.state.wrong ?? 0) + 1)
    return redirect(request.href(leadsTo ?? proofStep.page))
  }

  const answerTo = async (
    request: HandlerRequest,
    journey: Journey<JokerState>,
    typed: string,
  ): Promise<HandlerResult> => {
    const claimant = await claimantOf(request, journey)
    const opensAt = await joker.tries.networkOpensAt(request.network, claimant)
    if (opensAt !== null) return tooMany(request, opensAt)
    const { subject, network, id, state } = journey
    const compared = await joker.compare({ subject, person: state.person, network, queueKey: id }, typed)
    if (compared.ok) {
      const answerDigest = createAnswerDigest(request.cookie(journeyCookie) ?? '')(foldAnswer(typed))
      return judged(request, journey, claimant, {
        right: compared.right,
        answerDigest,
        at: request.arrivedAt,
      })
    }
    return compared.reason === 'hashing-twice'
      ? proofStep.follow(request, journey)
      : problem(busy, { retryAfter: 5 })
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
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
