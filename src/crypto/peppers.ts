import { hmac } from './crypto.ts'
import type { Keys, KeyUse } from './keys.ts'

/**
 * A row names the root keys under which its hash was made, in a column `pepper`: the one that gave the pepper, then those by
 * which the hash was hashed again, as `id` or `id.id.id`. A thief with an old root key and a later copy of the store cannot test
 * a guess: the hash also needs the last key.
 */
type PepperUse = Extract<KeyUse, `${string}-pepper`>

const idsOf = (pepper: string) => pepper.split('.')
const lastOf = (pepper: string) => idsOf(pepper).at(-1) ?? ''

/** The pepper of new hashes, or of hashes that are compared with that of a row; `null`: its key is not held. */
export const pepperKey = (keys: Keys, use: PepperUse, pepper: string = keys.id) =>
  keys.accepts(lastOf(pepper)) ? keys.by(idsOf(pepper)[0] ?? '', use) : null

/** What the column holds for a hash under this pepper that is completed for the present key. */
export const completed = (keys: Keys, pepper: string) =>
  lastOf(pepper) === keys.id ? pepper : `${pepper}.${keys.id}`

/** From the plain hash, under the first key of the column, makes what the row holds. */
export const hashedAgain = (keys: Keys, use: PepperUse, pepper: string, hash: string) => {
  let made = hash
  for (const id of idsOf(pepper).slice(1)) {
    const key = keys.by(id, 'hash-again')
    if (!key) throw new Error(`the key ${id} of a stored hash is not held`)
    made = hmac(key, use, made)
  }
  return made
}

type StoredHash = { readonly pepper: string; readonly hash: string }

/** A hash under the present key. */
export const underPresentKey = (keys: Keys, use: PepperUse, { pepper, hash }: StoredHash): StoredHash =>
  lastOf(pepper) === keys.id
    ? { pepper, hash }
    : { pepper: completed(keys, pepper), hash: hmac(keys.of('hash-again'), use, hash) }

/**
 * A stored hash under the present key; `null`: it is, or it was made last under a key that is not accepted any more. Whoever has an old
 * root key and can write to the store must not have a hash of their own completed.
 */
export const rehashed = (keys: Keys, use: PepperUse, stored: StoredHash) =>
  lastOf(stored.pepper) === keys.id || !keys.accepts(lastOf(stored.pepper))
    ? null
    : underPresentKey(keys, use, stored)
