/** RFC 1320, §3.4: for each round its function, its constant, the order of words and the bits of each rotation. */
const rounds = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    rotations: [3, 7, 11, 19],
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    rotations: [3, 5, 9, 13],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    rotations: [3, 9, 11, 15],
  },
] as const

type State = readonly [number, number, number, number]

/** §3.1 and §3.2: padding by a one bit, zeros, and the length in bits, to whole blocks of 64 octets. */
function padded(message: Uint8Array) {
  const whole = Buffer.alloc((((message.length + 8) >> 6) + 1) << 6)
  whole.set(message)
  whole[message.length] = 0x80
  whole.writeBigUInt64LE(BigInt(message.length) * 8n, whole.length - 8)
  return whole
}

function digestBlock(state: State, block: Buffer): State {
  let [a, b, c, d] = state
  for (const { mix, constant, order, rotations } of rounds)
    for (const [step, word] of order.entries()) {
      const sum = (a + mix(b, c, d) + block.readInt32LE(word * 4) + constant) | 0
      const bits = rotations[step % 4] ?? 0
      ;[a, b, c, d] = [d, (sum << bits) | (sum >>> (32 - bits)), b, c]
    }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0]
}

/**
 * MD4, which OpenSSL 3 no longer provides by default. It is not secure, but MSCHAPv2 is defined by it (MS-NLMP §3.3.1), so a
 * password for eduroam has to be stored in this form.
 */
export function md4(message: Uint8Array): Buffer {
  const whole = padded(message)
  let state: State = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let at = 0; at < whole.length; at += 64) state = digestBlock(state, whole.subarray(at, at + 64))
  const digest = Buffer.alloc(16)
  for (const [index, word] of state.entries()) digest.writeInt32LE(word, index * 4)
  return digest
}
