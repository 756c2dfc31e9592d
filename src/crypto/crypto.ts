import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/** A bearer handle of 192 bits; only its digest is stored. */
export const newHandle = () => randomBytes(24).toString('base64url')
export const newId = () => randomBytes(16).toString('base64url')
export const digestOf = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('base64url')
export const hmac = (key: Buffer, ...fields: readonly string[]) =>
  createHmac('sha256', key)
    .update(fields.map(field => `${Buffer.byteLength(field)}:${field}`).join(''))
    .digest('base64url')

/** Compares two secret texts in a time that depends on their lengths alone (ASVS 11.2.4). */
export const isSameSecret = (first: string, second: string) => {
  const [left, right] = [Buffer.from(first), Buffer.from(second)]
  return left.length === right.length && timingSafeEqual(left, right)
}

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
