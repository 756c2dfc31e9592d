import type { PersonId } from '../../directory/directory.ts'
import type { Recorder } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import type { Journeys } from '../journey.ts'
import { type RecordParts, recordJourney } from '../steps/record-journey.ts'
import type { Event, State } from './password.ts'

type Parts = RecordParts<State> & { readonly journeys: Journeys<State, Event> }

/** What a reset records; and how the journeys of a person end, whatever they are about. */
export const recordReset = (
  parts: Parts,
): Recorder & {
  endJourneys(tx: Tx, person: PersonId): Promise<number>
  supersedeJourneys(tx: Tx, person: PersonId): Promise<number>
} => {
  const { journeys } = parts
  return {
    ...recordJourney<State>(parts, {
      notice: 'password-changed',
      written: (person, proof) => ({ step: 'done', person, ...proof }),
    }),

    supersedeJourneys: (tx, person) =>
      journeys.endOthers(tx, person, null, { step: 'over', why: 'journey-superseded' }, ['over', 'done']),

    endJourneys: (tx, person) =>
      journeys.endOthers(tx, person, null, { step: 'over', why: 'journey-ended' }, ['over']),
  }
}
