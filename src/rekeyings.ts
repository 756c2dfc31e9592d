import { refusedFormRekeying } from './account/sessions/refused-forms.ts'
import { cutRekeying } from './audit/cut.ts'
import { importedNumberRekeying, importedPeopleRekeying } from './directory/imported/rows.ts'
import { hostRekeying } from './host-keys/host-keys.ts'
import { contactRekeying } from './identity/contacts.ts'
import { journeyRekeying } from './journeys/steps/rekeying.ts'
import { mailRekeying } from './notify/mail-rows.ts'
import { historyRekeying } from './password/history.ts'
import { proofRekeyings } from './proofs/proof-registry.ts'
import type { AnyRekeying } from './root-keys/rekey-table.ts'
import { attemptRekeying } from './services/source/attempt-rekeying.ts'

/** Every table that holds something under the root key, as its owner declares it. The log of what was done is apart (`audit/rekey.ts`). */
export const rekeyings: readonly AnyRekeying[] = [
  ...proofRekeyings,
  historyRekeying,
  attemptRekeying,
  contactRekeying,
  importedPeopleRekeying,
  importedNumberRekeying,
  mailRekeying,
  hostRekeying,
  cutRekeying,
  journeyRekeying,
  refusedFormRekeying,
]
