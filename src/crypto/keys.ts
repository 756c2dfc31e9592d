import { hkdfSync } from 'node:crypto'

/** Every key of the product is derived from one root key by HKDF, one per use (NIST SP 800-56C). */
export type KeyUse =
  | 'subject'
  | 'decoy'
  | 'network'
  | 'destination'
  | 'audit'
  | 'seal-audit-heads'
  | 'joker-pepper'
  | 'history-pepper'
  | 'recovery-code-pepper'
  | 'seal-authenticator'
  | 'passkey-user'
  | 'passkey-challenge'
  | 'seal-mail'
  | 'incident'
  | 'code-pepper'
  | 'activation-pepper'
  | 'seal-contact'
  | 'seal-refused-form'
  | 'seal-login'
  | 'external-sign-in'
  | 'cookie-tag'
  | 'host-key'
  /** The key of a proof that is added later. */
  | `proof-${string}`

export type Keys = {
  /** The id of the root key in stored rows, so that after a rotation the pepper of each hash is known. */
  readonly id: string
  /** Says whether two root keys are the same, and reveals nothing of them. Kept in the store and in backups. */
  readonly fingerprint: string
  readonly of: (use: KeyUse) => Buffer
}

export const keysFrom = (root: Buffer): Keys => {
  const of = (use: KeyUse | 'id') => Buffer.from(hkdfSync('sha256', root, 'sesame', use, 32))
  const derived = new Map<KeyUse, Buffer>()
  const fingerprint = of('id').toString('base64url').slice(0, 22)
  return {
    id: fingerprint.slice(0, 8),
    fingerprint,
    of: use => {
      const known = derived.get(use) ?? of(use)
      derived.set(use, known)
      return known
    },
  }
}
