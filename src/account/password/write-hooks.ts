import type { PersonId } from '../../directory/directory.ts'
import {
  type AcceptedPasswordDeps,
  createAcceptedPasswordRecorder,
  recordFailedBind,
} from '../../identity/record-accepted-password.ts'
import { ok, refused } from '../../result.ts'
import type { Attempts } from '../../services/source/attempts.ts'
import type { WriteHooks } from '../../services/source/source.ts'
import type { Tx } from '../../store/store.ts'

type Deps = AcceptedPasswordDeps & {
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
    accepted: async (tx, attempt, verification, toEnd) => {
      if (toEnd.journeys) await deps.supersedeJourneys(tx, attempt.person, 'journey-superseded')
      await record(tx, attempt, verification, { notice: 'password-changed-signed-in', toEnd })
    },

    refused: async (tx, attempt, reason) => {
      await recordFailedBind(deps, tx, attempt)
      await deps.recordRefusal(tx, attempt, reason)
    },

    checkWrite: async (_, person, { freeze }) => {
      return freeze === 'frozen' || person.closed ? refused('account-closed') : ok()
    },
  }
}
