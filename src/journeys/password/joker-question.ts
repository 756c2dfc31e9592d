import { z } from 'zod'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { answerMark } from '../../proofs/joker/joker.ts'
import type { Asker } from '../../proofs/joker/tries.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import { type At, guard, publicRef } from './guard.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import { jokerDecision } from './joker-decision.ts'
import type { Parts } from './parts.ts'
import { pages } from './password.ts'

const form = z.object({ reponse: field(300), demarche: optionalField(40) })

/**
 * Step 2, 50 %. One look-up and one hash for everybody; then one transaction judges, counts, tells and moves. A
 * frozen, suspended or unknown person is refused with the words and rows of a wrong answer.
 */
export const jokerQuestion = (parts: Parts) => {
  const { joker, knownBrowsers } = parts
  const decide = jokerDecision(parts)

  const askerOf = async (ask: Ask, journey: At<'joker'>): Promise<Asker> => ({
    subject: journey.subject,
    browser: await knownBrowsers.find(ask.cookie('known'), journey.subject),
    network: journey.network,
    known: journey.state.person !== null,
  })

  const page = async (
    ask: Ask,
    journey: At<'joker'>,
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
        question,
        ref: publicRef(journey),
        suspendedUntil: state.suspendedUntil,
        ineDoubt: journey.state.ineDoubt,
        number: journey.state.number,
        expiresAt: journey.expiresAt,
        problem: told.problem ?? null,
      }),
    }
  }

  const get: Handler = async ask => {
    const at = await guard(parts, ask, 'joker')
    return 'elsewhere' in at ? at.elsewhere : page(ask, at.journey)
  }

  const answerTo = async (ask: Ask, journey: At<'joker'>, typed: string): Promise<Answer> => {
    const asker = await askerOf(ask, journey)
    const { subject, network, id, state } = journey
    const compared = await joker.compare({ subject, person: state.person, network, journey: id }, typed)
    if (!compared.ok) return problem('busy', { retryAfter: 5 })
    const mark = answerMark(ask.cookie('journey') ?? '', foldAnswer(typed))
    const { verdict, moved, privileged } = await decide(journey, asker, compared.right, mark)
    if (verdict.verdict === 'wrong')
      return page(ask, journey, { problem: { reason: 'answer-wrong', left: verdict.left }, status: 422 })
    if (verdict.verdict === 'suspended')
      return page(ask, journey, { problem: { reason: 'joker-suspended' }, status: 422 })
    return go(ask.href(moved ? pages[privileged ? 'over' : 'new-password'] : 'joker'))
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const { demarche, reponse } = fields.data
    const at = await guard(parts, ask, 'joker')
    if ('elsewhere' in at) return at.elsewhere
    if (demarche !== publicRef(at.journey))
      return page(ask, at.journey, { problem: { reason: 'journey-other-tab' }, status: 409 })
    if (foldAnswer(reponse) === '')
      return page(ask, at.journey, { problem: { reason: 'answer-missing' }, status: 422 })
    return answerTo(ask, at.journey, reponse)
  }

  return { get, post }
}
