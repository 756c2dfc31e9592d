import { describe, expect, it } from 'vitest'
import { hmac } from './crypto.ts'
import { type KeptKey, type Keys, keysOf, type RootKey, rootKeyFrom } from './keys.ts'
import { completed, hashedAgain, pepperKey, rehashed } from './peppers.ts'

const use = 'joker-pepper'
const [first, second, third] = [1, 2, 3].map(byte => rootKeyFrom(Buffer.alloc(32, byte))) as [
  RootKey,
  RootKey,
  RootKey,
]

/** The keys while, or after, one root key replaced others. */
const keysAfter = (
  present: RootKey,
  former: readonly RootKey[],
  rotatesFrom: RootKey | null = null,
): Keys => {
  const kept = former.flatMap((root): KeptKey[] => [
    { use, id: root.id, key: root.of(use) },
    { use: 'hash-again', id: root.id, key: root.of('hash-again') },
    ...(root === rotatesFrom
      ? [{ use: 'seal-mail', id: root.id, key: root.of('seal-mail') } satisfies KeptKey]
      : []),
  ])
  return keysOf(() => ({ present, next: null, kept }))
}

/** Stands for Argon2id: what matters is that it needs the pepper. */
const plainHash = (keys: Keys, pepper: string, answer: string) => {
  const key = pepperKey(keys, use, pepper)
  return key && hmac(key, answer)
}
const isRight = (keys: Keys, row: { pepper: string; hash: string }, answer: string) => {
  const plain = plainHash(keys, row.pepper, answer)
  return plain !== null && hashedAgain(keys, use, row.pepper, plain) === row.hash
}

const before = keysAfter(first, [])
const made = { pepper: before.id, hash: plainHash(before, before.id, 'rex') ?? '' }

describe('a hash that nobody can make again', () => {
  it('is right under each root key that follows, and only for the right answer', () => {
    const during = keysAfter(second, [first], first)
    expect(isRight(during, made, 'rex')).toBe(true)
    const again = rehashed(during, use, made)
    expect(again?.pepper).toBe(`${first.id}.${second.id}`)
    if (!again) throw new Error('not hashed again')
    expect(rehashed(during, use, again)).toBe(null)
    const later = rehashed(keysAfter(third, [second, first], second), use, again)
    if (!later) throw new Error('not hashed again')
    expect(later.pepper).toBe(`${first.id}.${second.id}.${third.id}`)
    const after = keysAfter(third, [second, first])
    expect(isRight(after, later, 'rex')).toBe(true)
    expect(isRight(after, later, 'max')).toBe(false)
    expect(completed(after, later.pepper)).toBe(later.pepper)
  })

  it('cannot be tried with the old root key alone, nor be put in place by whoever has it', () => {
    const during = keysAfter(second, [first], first)
    const again = rehashed(during, use, made)
    expect(again?.hash).not.toBe(made.hash)
    const after = keysAfter(second, [first])
    expect(isRight(after, made, 'rex')).toBe(false)
    const next = keysAfter(third, [second, first], second)
    expect(isRight(next, made, 'rex')).toBe(false)
    expect(rehashed(next, use, made)).toBe(null)
  })
})
