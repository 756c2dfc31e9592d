import { hmac } from '../crypto/crypto.ts'

export type Head = { readonly chain: string; readonly sequence: number; readonly link: string }

/**
 * An incremental digest of a set of heads, to which single heads are added and from which they are removed: the sum of
 * their keyed digests (MSet-Add-Hash: Clarke, Devadas, van Dijk, Gassend, Suh, Asiacrypt 2003). Without the key, another
 * set with the same sum cannot be found as long as no sum is known: it is stored sealed, and only its keyed digest is
 * recorded.
 */
const modulus = 1n << 256n

const termOf = (key: Buffer, { chain, sequence, link }: Head) =>
  BigInt(`0x${Buffer.from(hmac(key, 'head', chain, String(sequence), link), 'base64url').toString('hex')}`)

export const plus = (key: Buffer, sum: bigint, head: Head) => (sum + termOf(key, head)) % modulus
export const minus = (key: Buffer, sum: bigint, head: Head) => (sum + modulus - termOf(key, head)) % modulus

/** Of two sums. */
export const total = (first: bigint, second: bigint) => (first + second) % modulus
export const difference = (first: bigint, second: bigint) => (first + modulus - second) % modulus

/** The details of the event `system.sealed`: the number of chains, and the keyed digest of their heads. */
export type SealedHeads = { readonly chains: number; readonly heads: string }

export const sealedHeads = (key: Buffer, chains: number, sum: bigint): SealedHeads => ({
  chains,
  heads: hmac(key, 'heads', sum.toString(16)),
})
