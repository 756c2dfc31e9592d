import type { Freezes } from '../../account/freezes.ts'
import { recordWritten, type WrittenParts } from '../../account/password/record-written.ts'
import type { Person, PersonId } from '../../directory/directory.ts'
import { ok, refused } from '../../result.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { Attempt } from '../../services/source/attempts.ts'
import type { Proof, Recorder, SourceRefusal } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import type { Journeys } from '../journey.ts'
import type { Over } from '../steps/steps.ts'
import type { Event, State } from './password.ts'

type RecordParts = WrittenParts & {
  readonly freezes: Freezes
  readonly journeys: Journeys<State, Event>
  readonly receipts: Pick<Receipts, 'open'>
}

/** What an accepted password leaves as it is. */
const ended = ['over', 'done'] as const

/** Refusals after which nothing can be typed again. */
const finalRefusals: { readonly [reason in SourceRefusal]?: Over } = {
  'account-closed': 'journey-ended',
  'account-privileged': 'account-privileged',
  'journey-superseded': 'journey-superseded',
}

/**
 * What a reset records in the one transaction that settles it: history, charter, mail, journey; or the journey's
 * reopening. It reads the attempt's row alone, so that a start-up after a kill records the same.
 */
export const recordReset = (
  parts: RecordParts,
): Recorder & {
  endJourneys(tx: Tx, person: PersonId): Promise<number>
  supersedeJourneys(tx: Tx, person: PersonId): Promise<number>
} => {
  const { freezes, journeys, receipts } = parts
  const record = recordWritten(parts)

  return {
    accepted: async (tx: Tx, attempt: Attempt, proof: Proof) => {
      const { person, journey, facts } = attempt
      await record(tx, attempt, proof, 'password-changed')
      if (facts.receipt)
        await receipts.open(tx, {
          id: facts.receipt,
          person,
          attempt: attempt.id,
          writtenAt: proof.writtenAt,
        })
      if (journey)
        await journeys.settleStep(tx, journey, 'writing', 'written', () => ({
          step: 'done',
          person,
          ...proof,
        }))
      await journeys.endOthers(tx, person, journey, { step: 'over', why: 'journey-superseded' }, ended)
    },

    refused: async (tx: Tx, attempt: Attempt, reason: SourceRefusal) => {
      if (!attempt.journey) return
      const why = finalRefusals[reason]
      const reopened = (current: State): State => ({
        step: 'new-password',
        person: attempt.person,
        answer: current.step === 'writing' ? current.answer : '',
        problem: reason,
      })
      if (why)
        await journeys.settleStep(tx, attempt.journey, 'writing', 'superseded', () => ({ step: 'over', why }))
      else await journeys.settleStep(tx, attempt.journey, 'writing', 'refused', reopened)
    },

    eligible: async (attempt: Attempt, person: Person) => {
      const freeze = await freezes.find(attempt.person)
      return freeze || person.ended ? refused('account-closed') : ok()
    },

    supersedeJourneys: (tx: Tx, person: PersonId) =>
      journeys.endOthers(tx, person, null, { step: 'over', why: 'journey-superseded' }, ended),

    endJourneys: (tx: Tx, person: PersonId) =>
      journeys.endOthers(tx, person, null, { step: 'over', why: 'journey-ended' }, ['over']),
  }
}
