import type { Asker, Verdict } from '../../proofs/joker/tries.ts'
import type { Tx } from '../../store/store.ts'
import type { At } from './guard.ts'
import type { Parts } from './parts.ts'
import type { State } from './password.ts'

/** Whether the answer is right, and its mark, by which the journey knows it again. */
export type Given = { readonly right: boolean; readonly mark: string }

export type Decision = { readonly verdict: Verdict; readonly moved: boolean; readonly privileged: boolean }

/**
 * One transaction judges the answer, counts it, tells of it and moves the journey. A frozen, suspended or unknown
 * person is refused with the words and rows of a wrong answer.
 */
export const jokerDecision = (parts: Parts) => {
  const { store, clock, audit, joker, freezes, notices, journeys } = parts

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

  const record = async (tx: Tx, journey: At<'joker'>, asker: Asker, verdict: Verdict) => {
    await audit.append(tx, {
      chain: journey.subject,
      kind: verdict.verdict === 'right' ? 'joker.right' : 'joker.wrong',
      by: { kind: 'anonymous' },
      details: { known: asker.browser !== '' },
    })
    if (verdict.verdict === 'suspended' && verdict.justNow) await tellSuspension(tx, journey, verdict.until)
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

  /** `null`: another request of this journey took the turn, and its verdict is the one that counts. */
  return (asked: At<'joker'>, asker: Asker, { right, mark }: Given): Promise<Decision | null> =>
    store.transaction(async tx => {
      const journey = await journeys.takeTurn(
        tx,
        asked,
        right ? asked.state : { ...asked.state, lastWrong: mark },
      )
      if (!journey) return null
      const freeze = await freezes.find(journey.subject, tx)
      const open = freeze === null && journey.state.standing !== 'ended'
      const verdict = await joker.judge(tx, asker, right && open)
      await record(tx, journey, asker, verdict)
      const privileged = journey.state.standing === 'privileged'
      const moved = verdict.verdict === 'right' && (await leave(tx, journey, privileged, mark))
      return { verdict, privileged, moved }
    })
}
