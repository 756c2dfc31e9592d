import type { PersonId } from '../../directory/directory.ts'
import type { Freezes } from '../../identity/freezes.ts'
import {
  type AcceptedPasswordDeps,
  createAcceptedPasswordRecorder,
} from '../../identity/record-accepted-password.ts'
import { ok, refused } from '../../result.ts'
import type { Attempts } from '../../services/source/attempts.ts'
import type { WriteHooks } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'

type Deps = AcceptedPasswordDeps & {
  readonly freezes: Freezes
  readonly recordRefusal: Attempts['recordRefusal']
  /** Ends the other journeys of this person: the first accepted write wins. */
  readonly supersedeJourneys: (tx: Tx, person: PersonId, why: 'journey-superseded') => Promise<unknown>
}

/**
 * Records a change made with the old password. A closed recovery does not prevent it. The reason of a refusal is kept with
 * the attempt, so that the page can show it after a restart.
 */
export const createChangeHooks = (deps: Deps): WriteHooks => {
  const record = createAcceptedPasswordRecorder(deps)
  return {
    accepted: async (tx, attempt, verification) => {
      await deps.supersedeJourneys(tx, attempt.person, 'journey-superseded')
      await record(tx, attempt, verification, 'password-changed-signed-in')
    },

    refused: async (tx, attempt, reason) => {
      await deps.recordRefusal(tx, attempt, reason)
    },

    checkWrite: async (attempt, person) => {
      const freeze = await deps.freezes.find(attempt.person)
      return freeze?.kind === 'frozen' || person.closed ? refused('account-closed') : ok()
    },
  }
}
