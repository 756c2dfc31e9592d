import type { RecoveryCheck } from '../../identity/recovery-means.ts'
import type { ActivationCodes } from '../../proofs/activation-code/activation-code.ts'
import { refused } from '../../result.ts'
import { attemptDetails } from '../../services/source/attempt.ts'
import type { WriteHooks } from '../../services/source/source.ts'
import { createJourneyRecorder, type RecordDeps } from '../steps/record-journey.ts'
import { type State, stoppedBecauseActive } from './activation.ts'

/**
 * Records the first password: the code is used, the account is active, and the journey goes on with the joker. If the account
 * became active after the code was typed, by a sign-in in another browser, the code is void and no password is written.
 */
export const createActivationHooks = (
  deps: RecordDeps<State> & {
    readonly activationCodes: Pick<ActivationCodes, 'close' | 'activity'>
    readonly recoveryCheck: RecoveryCheck
  },
): WriteHooks => {
  const { audit, activationCodes, recoveryCheck } = deps
  const recorder = createJourneyRecorder<State>(deps, {
    notice: 'account-activated',
    journey: 'activation',
    written:
      person =>
      ({ substringDigests = [] }) => ({ step: 'joker', person, substringDigests }),
    also: async (tx, attempt) => {
      const { person } = attempt
      await activationCodes.close(tx, person, 'activation')
      await audit.append(tx, {
        chain: person,
        kind: 'activation.accepted',
        by: { kind: 'person', id: person },
        details: attemptDetails(attempt),
      })
    },
  })
  return {
    ...recorder,
    checkWrite: async (attempt, person, barriers) => {
      const { because } = await activationCodes.activity(attempt.person)
      if (!because) return recorder.checkWrite(attempt, person, barriers)
      const canRecover = await recoveryCheck.canRecover(attempt.person, person.populations)
      return refused(stoppedBecauseActive({ canRecover }))
    },
  }
}
