import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

/** A WebAuthn authenticator in software: its answers have the bytes that a browser would send. */
const head = (major: number, value: number) => {
  if (value < 24) return Buffer.from([(major << 5) | value])
  return value < 256
    ? Buffer.from([(major << 5) | 24, value])
    : Buffer.from([(major << 5) | 25, value >> 8, value & 255])
}

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>

const cbor = (value: Cbor): Buffer => {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const pairs = [...(value as ReadonlyMap<number | string, Cbor>)]
  return Buffer.concat([head(5, pairs.length), ...pairs.flatMap(([key, one]) => [cbor(key), cbor(one)])])
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest()
const base64url = (bytes: Buffer) => bytes.toString('base64url')

const flags = { present: 1, verified: 4, attested: 64 } as const

type RelyingParty = { readonly origin: string; readonly host: string }
/** Faults that a test injects. */
type Faults = { readonly unverified?: boolean; readonly origin?: string; readonly counter?: number }

export const newSecurityKey = ({ origin, host }: RelyingParty) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = randomBytes(16)
  let user = ''
  let counter = 0

  const clientData = (type: string, challenge: string, faults: Faults) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: faults.origin ?? origin, crossOrigin: false }))

  const authData = (extra: number, faults: Faults, rest: Buffer = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4)
    counter = faults.counter ?? counter + 1
    count.writeUInt32BE(counter)
    const set = flags.present | (faults.unverified ? 0 : flags.verified) | extra
    return Buffer.concat([sha256(host), Buffer.from([set]), count, rest])
  }

  const envelope = (response: Record<string, unknown>) =>
    JSON.stringify({
      id: base64url(id),
      rawId: base64url(id),
      type: 'public-key',
      clientExtensionResults: {},
      response,
    })

  return {
    id: base64url(id),
    make: (options: { challenge: string; user: { id: string } }, faults: Faults = {}) => {
      user = options.user.id
      const cose = new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(cose)])
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData(flags.attested, faults, attested)],
      ])
      return envelope({
        clientDataJSON: base64url(clientData('webauthn.create', options.challenge, faults)),
        attestationObject: base64url(cbor(attestation)),
        transports: ['internal'],
      })
    },
    sign: (options: { challenge: string }, faults: Faults = {}) => {
      const client = clientData('webauthn.get', options.challenge, faults)
      const data = authData(0, faults)
      const signature = createSign('sha256')
        .update(Buffer.concat([data, sha256(client)]))
        .sign(privateKey)
      return envelope({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
        userHandle: user,
      })
    },
  }
}
