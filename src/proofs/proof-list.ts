import { activationCode } from './activation-code/descriptor.ts'
import { authenticator } from './authenticator/descriptor.ts'
import { helpdeskCode } from './helpdesk-code/descriptor.ts'
import { joker } from './joker/descriptor.ts'
import { passkey } from './passkey/descriptor.ts'
import type { ProofDescriptor } from './proof.ts'
import { recoveryCode } from './recovery-code/descriptor.ts'
import { mailCode, smsCode } from './sent-code/descriptor.ts'

/**
 * The proofs of the product, by the name that the rest of it calls them. Everything else that depends on which proofs there
 * are is derived from this list: types, tables and retention, notices, second factors, the lines of the account.
 */
export const proofList = {
  joker,
  mailCodes: mailCode,
  smsCodes: smsCode,
  activationCodes: activationCode,
  helpdeskCodes: helpdeskCode,
  passkeys: passkey,
  authenticators: authenticator,
  recoveryCodes: recoveryCode,
} as const satisfies Readonly<Record<string, ProofDescriptor>>
