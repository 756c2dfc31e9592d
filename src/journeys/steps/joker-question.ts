import { z } from 'zod'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { answerMarks } from '../../proofs/joker/joker.ts'
import type { Asker, Verdict } from '../../proofs/joker/tries.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import type { Journey } from '../journey.ts'
import { publicRef } from './guard.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import { type Given, jokerDecision } from './joker-decision.ts'
import type { Place } from './place.ts'
import type { AtJoker, ProofParts } from './steps.ts'

const form = z.object({ reponse: field(300), demarche: optionalField(40) })

/**
 * The joker as a step of a journey, at the place that the journey gives it. One look-up and one hash for everybody; then one transaction judges, counts, tells and moves. A
 * frozen, suspended or unknown person is refused with the words and rows of a wrong answer.
 */
export const jokerQuestion = (parts: ProofParts, place: Place<AtJoker>) => {
  const { joker, knownBrowsers } = parts
  const decide = jokerDecision(parts, place)

  const askerOf = async (ask: Ask, journey: Journey<AtJoker>): Promise<Asker> => ({
    subject: journey.subject,
    browser: await knownBrowsers.find(ask.cookie('known'), journey.subject),
    network: journey.network,
  })

  const page = async (
    ask: Ask,
    journey: Journey<AtJoker>,
    told: { problem?: JokerProblem; status?: number } = {},
  ): Promise<Answer> => {
    const asker = await askerOf(ask, journey)
    const [question, state] = await Promise.all([
      joker.question(journey.subject, journey.state.person, ask.language),
      joker.tries.state(asker),
    ])
    return {
      kind: 'page',
      status: told.status ?? 200,
      page: jokerPage({
        ui: parts.ui(ask.language),
        place,
        question,
        ref: publicRef(journey),
        suspendedUntil: state.suspendedUntil,
        // Before this browser's own first refusal nothing is told of what others got wrong.
        left: journey.state.refused === undefined ? null : state.left,
        ineDoubt: journey.state.ineDoubt,
        number: journey.state.number,
        expiresAt: journey.expiresAt,
        problem: told.problem ?? null,
      }),
    }
  }

  const get: Handler = async ask => {
    const at = await place.guard(ask)
    return 'elsewhere' in at ? at.elsewhere : page(ask, at.journey)
  }

  const told = (ask: Ask, journey: Journey<AtJoker>, verdict: Exclude<Verdict, { verdict: 'right' }>) =>
    page(ask, journey, {
      problem:
        verdict.verdict === 'wrong'
          ? { reason: 'answer-wrong', left: verdict.left }
          : { reason: 'joker-suspended' },
      status: 422,
    })

  /** The refused answer that was just judged, sent again by a second click: told again, not counted again. */
  const toldAgain = async (ask: Ask, journey: Journey<AtJoker>, asker: Asker) => {
    const { left, suspendedUntil } = await joker.tries.state(asker)
    return told(
      ask,
      journey,
      suspendedUntil
        ? { verdict: 'suspended', until: suspendedUntil, justNow: false }
        : { verdict: 'wrong', left },
    )
  }

  const judged = async (
    ask: Ask,
    journey: Journey<AtJoker>,
    asker: Asker,
    answer: Given,
  ): Promise<Answer> => {
    if (journey.state.refused === answer.mark) return toldAgain(ask, journey, asker)
    const decision = await decide(journey, asker, answer)
    if (!decision) return place.follow(ask, journey)
    const { verdict, leadsTo } = decision
    if (verdict.verdict !== 'right') return told(ask, journey, verdict)
    return go(ask.href(leadsTo ?? place.page))
  }

  const answerTo = async (ask: Ask, journey: Journey<AtJoker>, typed: string): Promise<Answer> => {
    const asker = await askerOf(ask, journey)
    // A browser of the owner's has tries of its own, which nobody else spends.
    if (asker.browser === '' && (await joker.tries.isNetworkSpent(ask.network)))
      return problem('too-many', { retryAfter: parts.limits.jokerWindow / 1000 })
    const { subject, network, id, state } = journey
    const compared = await joker.compare({ subject, person: state.person, network, journey: id }, typed)
    if (compared.ok) {
      const mark = answerMarks(ask.cookie('journey') ?? '')(foldAnswer(typed))
      return judged(ask, journey, asker, { right: compared.right, mark })
    }
    return compared.reason === 'hashing-twice'
      ? place.follow(ask, journey)
      : problem('busy', { retryAfter: 5 })
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const { demarche, reponse } = fields.data
    const at = await place.guard(ask)
    if ('elsewhere' in at) return at.elsewhere
    if (demarche !== publicRef(at.journey))
      return page(ask, at.journey, { problem: { reason: 'journey-other-tab' }, status: 409 })
    if (foldAnswer(reponse) === '')
      return page(ask, at.journey, { problem: { reason: 'answer-missing' }, status: 422 })
    return answerTo(ask, at.journey, reponse)
  }

  return { get, post }
}
