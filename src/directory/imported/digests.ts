import { hmac, isSameSecret } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { hashedAgain, pepperKey } from '../../crypto/peppers.ts'
import type { BirthDate, BirthDateDigest, NumberKind } from '../directory.ts'

/**
 * The digests by which imported people are recognised. Numbers and dates of birth are few enough to be tried one after the other: the
 * key alone keeps a copy of the store from being read. A date is digested with the id of its person, so that equal dates differ.
 * `null`: a key of this pepper is not held.
 */
function digestUnder(keys: Keys, pepper: string, ...fields: readonly string[]): string | null {
  const isHeld = pepper.split('.').every(id => keys.by(id, 'hash-again') !== null)
  const key = isHeld ? pepperKey(keys, 'identification-pepper', pepper) : null
  return key && hashedAgain(keys, 'identification-pepper', pepper, hmac(key, ...fields))
}

/** `number` is folded (`foldNumber`). */
export const numberDigest = (keys: Keys, pepper: string, kind: NumberKind, number: string) =>
  digestUnder(keys, pepper, 'number', kind, number)

export const bornDigest = (keys: Keys, pepper: string, person: string, { year, month, day }: BirthDate) =>
  digestUnder(keys, pepper, 'born', person, `${year}-${month}-${day}`)

/** Of the year alone: no password may contain it. */
export const yearDigest = (keys: Keys, pepper: string, person: string, year: number) =>
  digestUnder(keys, pepper, 'year', person, String(year))

export type BornRow = {
  readonly person: string
  readonly born: string
  readonly born_year: string
  readonly pepper: string
}

const isDigest = (stored: string, made: string | null) => made !== null && isSameSecret(stored, made)

/** What a date of birth that is known by its digest alone can still be asked. */
export const birthDateDigest = (
  keys: Keys,
  { person, born, born_year, pepper }: BornRow,
): BirthDateDigest => ({
  isOn: date => isDigest(born, bornDigest(keys, pepper, person, date)),
  isIn: year => isDigest(born_year, yearDigest(keys, pepper, person, year)),
})

/**
 * Every pepper under which a stored digest may be: those that were seen lately, and what becomes of them while the root key is
 * replaced, in this process or before it knows.
 */
export const possiblePeppers = (keys: Keys, seen: readonly string[]): readonly string[] => {
  const accepted = keys.ids().filter(keys.accepts)
  const beginnings = [...new Set([...seen, ...accepted])]
  return [...new Set([...beginnings, ...beginnings.flatMap(one => accepted.map(id => `${one}.${id}`))])]
}
