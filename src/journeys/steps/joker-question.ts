import { z } from 'zod'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { answerMarks } from '../../proofs/joker/joker.ts'
import type { Asker, Verdict } from '../../proofs/joker/tries.ts'
import { type Answer, type Ask, go, type Handler, problem, tooMany } from '../../web/ask.ts'
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
  const { joker, knownBrowsers, limits } = parts
  const decide = jokerDecision(parts, place)

  const askerOf = async (ask: Ask, { subject }: Journey<AtJoker>): Promise<Asker> => {
    const { own, beside } = await knownBrowsers.find(ask.cookie('known'), subject)
    return { subject, browser: own, beside, network: ask.network.id }
  }

  /**
   * Tries left, as far as this journey knows. What others, or the owner, got wrong is told to nobody: whoever shares their
   * network would see by it which date of birth is right. For the same reason a known browser counts by its being
   * one, whosever it is. The question may therefore close before the last try that was told.
   */
  const leftIn = ({ browser, beside }: Asker, wrong: number) =>
    Math.max(1, (browser || beside ? limits.jokerTriesKnownBrowser : limits.jokerTries) - wrong)

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
        left: journey.state.wrong ? leftIn(asker, journey.state.wrong) : null,
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

  const told = async (
    ask: Ask,
    journey: Journey<AtJoker>,
    verdict: Exclude<Verdict['verdict'], 'right'>,
    wrong: number,
  ) =>
    page(ask, journey, {
      problem:
        verdict === 'wrong'
          ? { reason: 'answer-wrong', left: leftIn(await askerOf(ask, journey), wrong) }
          : { reason: 'joker-suspended' },
      status: 422,
    })

  /** The refused answer that was just judged, sent again by a second click: told again, not counted again. */
  const toldAgain = async (ask: Ask, journey: Journey<AtJoker>, asker: Asker) => {
    const { suspendedUntil } = await joker.tries.state(asker)
    return told(ask, journey, suspendedUntil ? 'suspended' : 'wrong', journey.state.wrong ?? 1)
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
    if (verdict.verdict !== 'right')
      return told(ask, journey, verdict.verdict, (journey.state.wrong ?? 0) + 1)
    return go(ask.href(leadsTo ?? place.page))
  }

  const answerTo = async (ask: Ask, journey: Journey<AtJoker>, typed: string): Promise<Answer> => {
    const asker = await askerOf(ask, journey)
    const opensAt = await joker.tries.networkOpensAt(ask.network, asker)
    if (opensAt !== null) return tooMany(ask, opensAt)
    const { subject, network, id, state } = journey
    const compared = await joker.compare({ subject, person: state.person, network, journey: id }, typed)
    if (compared.ok) {
      const mark = answerMarks(ask.cookie('journey') ?? '')(foldAnswer(typed))
      return judged(ask, journey, asker, { right: compared.right, mark, at: ask.arrivedAt })
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
