import type { Asker, Verdict } from '../../proofs/joker/tries.ts'
import type { Tx } from '../../store/store.ts'
import type { At } from './guard.ts'
import type { Parts } from './parts.ts'
import type { State } from './password.ts'

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

  /** The proof holds: on to the new password, or, for an account that Sésame never writes, to the page that says so. */
  const leave = (tx: Tx, journey: At<'joker'>, privileged: boolean, answer: string) => {
    const { person } = journey.state
    if (!person) return Promise.resolve(false)
    const next: State = privileged
      ? { step: 'over', why: 'account-privileged' }
      : { step: 'new-password', person, answer }
    return journeys.advance(tx, journey, privileged ? 'privileged' : 'proved', next)
  }

  return (journey: At<'joker'>, asker: Asker, right: boolean, answer: string): Promise<Decision> =>
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
}
