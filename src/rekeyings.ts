import { cutRekeying } from './audit/cut.ts'
import { hostRekeying } from './host-keys/host-keys.ts'
import { contactRekeying } from './identity/contacts.ts'
import { mailRekeying } from './notify/mail-rows.ts'
import { historyRekeying } from './password/history.ts'
import { activationRekeying } from './proofs/activation-code/activation-code.ts'
import { authenticatorRekeying } from './proofs/authenticator/authenticator.ts'
import { codeRekeying } from './proofs/code/code.ts'
import { jokerRekeying } from './proofs/joker/joker.ts'
import { recoveryCodeRekeying } from './proofs/recovery-code/rekeying.ts'
import type { AnyRekeying } from './root-keys/rekey-table.ts'
import { attemptRekeying } from './services/source/attempts.ts'

/** Every table that holds something under the root key, as its owner declares it. The log of what was done is apart (`audit/rekey.ts`). */
export const rekeyings: readonly AnyRekeying[] = [
  jokerRekeying,
  historyRekeying,
  attemptRekeying,
  recoveryCodeRekeying,
  activationRekeying,
  authenticatorRekeying,
  contactRekeying,
  codeRekeying,
  mailRekeying,
  hostRekeying,
  cutRekeying,
]
