import type { PersonId } from '../../directory/directory.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Recorder } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import type { Journeys } from '../journey.ts'
import { createJourneyRecorder, type RecordDeps, recordSuperseded } from '../steps/record-journey.ts'
import type { Event, State } from './password.ts'

type Deps = RecordDeps<State> & {
  readonly journeys: Journeys<State, Event>
  readonly revocations: Pick<Revocations, 'revokeProofs'>
}

type Superseded = 'journey-superseded' | 'proof-replaced'
const stopped = (why: Superseded | 'journey-ended') => ({ step: 'stopped', why }) as const

/**
 * What a reset records; and how the journeys of a person end, whatever they are about. One that is proved in this very
 * moment is not among them yet: what was proved until now is revoked besides, and is looked at when it writes.
 */
export const createResetRecorder = (
  deps: Deps,
): Recorder & {
  endJourneys(tx: Tx, person: PersonId): Promise<number>
  supersedeJourneys(tx: Tx, person: PersonId, why: Superseded): Promise<number>
} => {
  const { audit, journeys, revocations } = deps
  return {
    ...createJourneyRecorder<State>(deps, {
      notice: 'password-changed',
      written: (person, proof) => ({ step: 'done', person, ...proof }),
    }),

    supersedeJourneys: async (tx, person, why) => {
      await revocations.revokeProofs(tx, person)
      const count = await journeys.endOthers(tx, person, null, stopped(why), ['stopped', 'done'])
      await recordSuperseded(audit, tx, person, count)
      return count
    },

    endJourneys: async (tx, person) => {
      await revocations.revokeProofs(tx, person)
      return journeys.endOthers(tx, person, null, stopped('journey-ended'), ['stopped'])
    },
  }
}
