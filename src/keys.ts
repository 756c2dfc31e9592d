import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

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
  | 'external-sign-in'
  | 'cookie-tag'

export type Keys = {
  /** The id of the root key in stored rows, so that after a rotation the pepper of each hash is known. */
  readonly id: string
  readonly of: (use: KeyUse) => Buffer
}

export const keysFrom = (root: Buffer): Keys => {
  const of = (use: KeyUse | 'id') => Buffer.from(hkdfSync('sha256', root, 'sesame', use, 32))
  const derived = new Map<KeyUse, Buffer>()
  return {
    id: of('id').toString('base64url').slice(0, 8),
    of: use => {
      const known = derived.get(use) ?? of(use)
      derived.set(use, known)
      return known
    },
  }
}

/** A bearer handle of 192 bits; only its digest is stored. */
export const newHandle = () => randomBytes(24).toString('base64url')
export const newId = () => randomBytes(16).toString('base64url')
export const digestOf = (handle: string) => createHash('sha256').update(handle).digest('base64url')
export const hmac = (key: Buffer, ...fields: readonly string[]) =>
  createHmac('sha256', key)
    .update(fields.map(field => `${Buffer.byteLength(field)}:${field}`).join(''))
    .digest('base64url')

/**
 * AES-256-GCM. `context` names the row and column (AAD): a sealed value moved to another row does not open (ASVS 11.3.3).
 */
export const seal = (key: Buffer, context: string, clear: string) => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Throws when the value was altered, moved, or sealed under another key. */
export const unseal = (key: Buffer, context: string, sealed: string) => {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}
