import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Schema } from '../../store/schema.ts'
import type { AuthenticationResponse } from './answer.ts'
import type { RelyingParty } from './relying-party.ts'
import { type StoredCredential, verifyProof } from './webauthn.ts'

/** A verified assertion. It counts once, when `use` or `confirm` writes its counter. */
export type PasskeyAssertion = {
  readonly person: PersonId
  readonly passkey: string
  /** Since when it is in service; `null`: it waits for its first use. */
  readonly since: number | null
  readonly from: number
  readonly to: number
}

type PasskeyRow = Pick<
  Schema['passkeys'],
  'id' | 'person' | 'credential' | 'public_key' | 'counter' | 'transports' | 'confirmed_at'
>

/** The public part of a passkey, as the WebAuthn library takes it. */
export function credentialOf(
  row: Pick<PasskeyRow, 'credential' | 'public_key' | 'counter' | 'transports'>,
): StoredCredential {
  return {
    id: row.credential,
    publicKey: row.public_key,
    counter: row.counter,
    transports: JSON.parse(row.transports) as string[],
  }
}

/**
 * The user handle that the passkey stores: a keyed digest, so that a reader of the authenticator does not learn the
 * owner.
 */
export function userHandleOf(keys: Keys, person: PersonId) {
  return hmac(keys.of('passkey-user'), person)
}

/** Verifies a response to the challenge against the stored passkey; `null` when it is not valid. */
export async function verifyAssertion(
  { keys, relyingParty }: { readonly keys: Keys; readonly relyingParty: RelyingParty },
  row: PasskeyRow,
  challenge: string,
  answer: AuthenticationResponse,
): Promise<PasskeyAssertion | null> {
  const person = row.person as PersonId
  const { userHandle } = answer.response
  if (userHandle !== undefined && userHandle !== userHandleOf(keys, person)) return null
  const to = await verifyProof(relyingParty, challenge, answer, credentialOf(row))
  if (to === null) return null
  return { person, passkey: row.id, since: row.confirmed_at, from: row.counter, to }
}
