import type { PersonId } from '../../directory/directory.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { WriteHooks } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'
import { createJourneyRecorder, type RecordDeps, recordSuperseded } from '../steps/record-journey.ts'
import type { State } from './password.ts'

type Deps = RecordDeps<State> & {
  readonly revocations: Pick<Revocations, 'revokeProofs'>
}

type SupersededReason = 'journey-superseded' | 'proof-replaced'

/**
 * Records a reset, and ends the journeys of a person, of any kind. A journey whose proof is being committed at the same time is
 * not found. Therefore the proofs given until now are revoked too, and that journey checks the revocation before it writes.
 */
export const createResetHooks = (
  deps: Deps,
): WriteHooks & {
  endJourneys(tx: Tx, person: PersonId): Promise<number>
  supersedeJourneys(tx: Tx, person: PersonId, why: SupersededReason): Promise<number>
} => {
  const { audit, endOfPerson, revocations } = deps
  return {
    ...createJourneyRecorder<State>(deps, {
      notice: 'password-changed',
      journey: 'password',
      written: (person, verification) => ({ step: 'done', person, ...verification }),
    }),

    supersedeJourneys: async (tx, person, why) => {
      await revocations.revokeProofs(tx, person)
      const count = await endOfPerson(tx, person, { event: 'superseded', why })
      await recordSuperseded(audit, tx, person, count)
      return count
    },

    endJourneys: async (tx, person) => {
      await revocations.revokeProofs(tx, person)
      return endOfPerson(tx, person, { event: 'ended', why: 'journey-ended' })
    },
  }
}
