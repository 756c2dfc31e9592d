import { z } from 'zod'
import { foldAnswer } from '../../proofs/joker/fold.ts'
import { answerMark } from '../../proofs/joker/joker.ts'
import type { Asker, Verdict } from '../../proofs/joker/tries.ts'
import type { Tx } from '../../store/store.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import { type At, guard, publicRef } from './guard.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import type { Parts } from './parts.ts'
import { pages, type State } from './password.ts'

const form = z.object({ reponse: field(300), demarche: optionalField(40) })

type Decision = { readonly verdict: Verdict; readonly moved: boolean; readonly privileged: boolean }

/**
 * Step 2, 50 %. One look-up and one hash for everybody; then one transaction judges, counts, tells and moves. A
 * frozen, suspended or unknown person is refused with the words and rows of a wrong answer.
 */
export const jokerQuestion = (parts: Parts) => {
  const { store, clock, audit, joker, freezes, knownBrowsers, notices, journeys } = parts

  const askerOf = async (ask: Ask, journey: At<'joker'>): Promise<Asker> => ({
    subject: journey.subject,
    browser: await knownBrowsers.find(ask.cookie('known'), journey.subject),
    network: journey.network,
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

  const tellSuspension = async (tx: Tx, journey: At<'joker'>, until: number) => {
    const { subject, language } = journey
    const facts = { at: clock.now(), event: `joker:${journey.id.slice(0, 12)}`, until }
    await notices.write(tx, { kind: 'joker-suspended', person: journey.state.person, facts, language })
    await audit.append(tx, {
      chain: subject,
      kind: 'joker.suspended',
      by: { kind: 'anonymous' },
      details: { until },
    })
  }

  /** The proof holds: on to the new password, or, for an account that Sésame never writes, to the page that says so. */
  const leave = (tx: Tx, journey: At<'joker'>, privileged: boolean, answer: string) => {
    const { person } = journey.state
    if (!person) return Promise.resolve(false)
    const next: State = privileged
      ? { step: 'over', why: 'account-privileged' }
      : { step: 'new-password', person, answer }
    return journeys.advance(tx, journey, privileged ? 'privileged' : 'proved', next)
  }

  const decide = (journey: At<'joker'>, asker: Asker, right: boolean, answer: string): Promise<Decision> =>
    store.transaction(async tx => {
      const freeze = await freezes.find(journey.subject, tx)
      const open = freeze === null && journey.state.standing !== 'ended'
      const verdict = await joker.judge(tx, asker, right && open)
      const proved = verdict.verdict === 'right'
      await audit.append(tx, {
        chain: journey.subject,
        kind: proved ? 'joker.right' : 'joker.wrong',
        by: { kind: 'anonymous' },
        details: { known: asker.browser !== '' },
      })
      if (verdict.verdict === 'suspended' && verdict.justNow) await tellSuspension(tx, journey, verdict.until)
      const privileged = journey.state.standing === 'privileged'
      return { verdict, privileged, moved: proved && (await leave(tx, journey, privileged, answer)) }
    })

  const get: Handler = async ask => {
    const at = await guard(parts, ask, 'joker')
    return 'elsewhere' in at ? at.elsewhere : page(ask, at.journey)
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const at = await guard(parts, ask, 'joker')
    if ('elsewhere' in at) return at.elsewhere
    const { journey } = at
    if (fields.data.demarche !== publicRef(journey))
      return page(ask, journey, { problem: { reason: 'journey-other-tab' }, status: 409 })
    if (foldAnswer(fields.data.reponse) === '')
      return page(ask, journey, { problem: { reason: 'answer-missing' }, status: 422 })
    const asker = await askerOf(ask, journey)
    const { subject, network, id, state } = journey
    const compared = await joker.compare(
      { subject, person: state.person, network, journey: id },
      fields.data.reponse,
    )
    if (!compared.ok) return problem('busy', { retryAfter: 5 })
    const { verdict, moved, privileged } = await decide(
      journey,
      asker,
      compared.right,
      answerMark(ask.cookie('journey') ?? '', foldAnswer(fields.data.reponse)),
    )
    if (verdict.verdict === 'right')
      return go(ask.href(moved ? pages[privileged ? 'over' : 'new-password'] : 'joker'))
    const problemTold: JokerProblem =
      verdict.verdict === 'wrong'
        ? { reason: 'answer-wrong', left: verdict.left }
        : { reason: 'joker-suspended' }
    return page(ask, journey, { problem: problemTold, status: 422 })
  }

  return { get, post }
}
