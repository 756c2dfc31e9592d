import { hmac } from '../keys.ts'

export type Head = { readonly chain: string; readonly sequence: number; readonly link: string }

/**
 * One number for a whole set of heads, that grows and shrinks by one head at a time: the sum of their keyed digests
 * (MSet-Add-Hash: Clarke, Devadas, van Dijk, Gassend, Suh, Asiacrypt 2003). Nobody without the key finds another set
 * with the same sum, as long as no sum is shown: it is stored sealed, and its keyed digest alone is told.
 */
const modulus = 1n << 256n

const termOf = (key: Buffer, { chain, sequence, link }: Head) =>
  BigInt(`0x${Buffer.from(hmac(key, 'head', chain, String(sequence), link), 'base64url').toString('hex')}`)

export const plus = (key: Buffer, sum: bigint, head: Head) => (sum + termOf(key, head)) % modulus
export const minus = (key: Buffer, sum: bigint, head: Head) => (sum + modulus - termOf(key, head)) % modulus

/** What the event `system.sealed` tells of all heads. */
export type SealedHeads = { readonly chains: number; readonly heads: string }

export const sealedHeads = (key: Buffer, chains: number, sum: bigint): SealedHeads => ({
  chains,
  heads: hmac(key, 'heads', sum.toString(16)),
})
