import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** RADIUS packets (RFC 2865 §3): code, identifier, length, 16 octets of authenticator, attributes. */
export const codes = { request: 1, accept: 2, reject: 3 } as const

const headerLength = 20
const authenticatorAt = 4
const messageAuthenticator = 80
const vendorSpecific = 26
/** RFC 2548 §2.4: the session keys, encrypted with the secret. */
const microsoft = 311
const keyTypes = [16, 17]

const md5 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const codeOf = (packet: Buffer) => packet[0] ?? 0
export const identifierOf = (packet: Buffer) => packet[1] ?? 0
export const authenticatorOf = (packet: Buffer) => Buffer.from(packet.subarray(authenticatorAt, headerLength))

/** The attributes, whose values are views into the packet; null when the packet is malformed. */
function parseAttributes(packet: Buffer) {
  if (packet.length < headerLength || packet.readUInt16BE(2) !== packet.length) return null
  const found: { type: number; value: Buffer }[] = []
  for (let at = headerLength; at < packet.length; ) {
    const length = packet[at + 1] ?? 0
    if (length < 2 || at + length > packet.length) return null
    found.push({ type: packet[at] ?? 0, value: packet.subarray(at + 2, at + length) })
    at += length
  }
  return found
}

/** Message-Authenticator (RFC 3579 §3.2): over the whole packet with its own value zero, and the authenticator of the request. */
function signatureOf(packet: Buffer, secret: Buffer, request: Buffer) {
  const zeroed = Buffer.from(packet)
  request.copy(zeroed, authenticatorAt)
  for (const { type, value } of parseAttributes(zeroed) ?? [])
    if (type === messageAuthenticator) value.fill(0)
  return createHmac('md5', secret).update(zeroed).digest()
}

function isSignedBy(packet: Buffer, secret: Buffer, request: Buffer) {
  const signatures = (parseAttributes(packet) ?? []).filter(({ type }) => type === messageAuthenticator)
  const [signature] = signatures
  return (
    signatures.length === 1 &&
    signature?.value.length === 16 &&
    timingSafeEqual(signature.value, signatureOf(packet, secret, request))
  )
}

const sign = (packet: Buffer, secret: Buffer, request: Buffer) => {
  const signature = signatureOf(packet, secret, request)
  for (const { type, value } of parseAttributes(packet) ?? [])
    if (type === messageAuthenticator) signature.copy(value)
}

/** The authenticator of an answer (RFC 2865 §3). */
const answerAuthenticator = (packet: Buffer, secret: Buffer, request: Buffer) =>
  md5(packet.subarray(0, authenticatorAt), request, packet.subarray(headerLength), secret)

/** Encrypts a key again with another secret (RFC 2548 §2.4.2): each block is masked by a digest of the secret and the block before. */
function reencrypt(hidden: Buffer, request: Buffer, salt: Buffer, from: Buffer, to: Buffer) {
  let [before, after] = [Buffer.concat([request, salt]), Buffer.concat([request, salt])]
  for (let at = 0; at < hidden.length; at += 16) {
    const block = hidden.subarray(at, at + 16)
    const [masked, mask] = [md5(from, before), md5(to, after)]
    before = Buffer.from(block)
    for (const [index, octet] of before.entries())
      block[index] = octet ^ (masked[index] ?? 0) ^ (mask[index] ?? 0)
    after = Buffer.from(block)
  }
}

function reencryptKeys(packet: Buffer, request: Buffer, from: Buffer, to: Buffer) {
  for (const { type, value } of parseAttributes(packet) ?? []) {
    const isKey =
      type === vendorSpecific &&
      value.length > 8 &&
      value.readUInt32BE(0) === microsoft &&
      keyTypes.includes(value[4] ?? 0)
    if (isKey) reencrypt(value.subarray(8), request, value.subarray(6, 8), from, to)
  }
}

type Secrets = { readonly from: Buffer; readonly to: Buffer }

/** Signs a request again with another secret; null when its signature is wrong. */
export function resignRequest(packet: Buffer, { from, to }: Secrets): Buffer | null {
  const request = codeOf(packet) === codes.request ? authenticatorOf(packet) : null
  if (!request || !isSignedBy(packet, from, request)) return null
  const signed = Buffer.from(packet)
  sign(signed, to, request)
  return signed
}

/**
 * Signs the answer to a request again with another secret; null when its signature is wrong. An answer to EAP must have both
 * signatures (RFC 3579 §3.2), since the Response Authenticator alone can be forged (CVE-2024-3596).
 */
export function resignAnswer(packet: Buffer, request: Buffer, { from, to }: Secrets): Buffer | null {
  const isWellFormed = parseAttributes(packet) !== null
  if (!isWellFormed || !authenticatorOf(packet).equals(answerAuthenticator(packet, from, request)))
    return null
  if (!isSignedBy(packet, from, request)) return null
  const signed = Buffer.from(packet)
  reencryptKeys(signed, request, from, to)
  sign(signed, to, request)
  answerAuthenticator(signed, to, request).copy(signed, authenticatorAt)
  return signed
}
