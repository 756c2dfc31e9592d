import { unified } from '../texts/unified.ts'
import type { NumberKind } from './directory.ts'

/**
 * Normalizes a typed number before any lookup, digest or rate limit. Two ways to type one number must be one subject, or their
 * different answers would reveal who exists. In a number, spaces, dots, hyphens, case and leading zeros are ignored. A UID is a
 * login and no number: in `m.durand` or `jean-luc.picot` each character counts, so only its case and outer blanks are ignored.
 */
export const foldNumber = (kind: NumberKind, typed: string) => {
  const text = unified(typed).toLowerCase()
  return kind === 'uid' ? text : text.replace(/[\s.-]+/g, '').replace(/^0+(?=.)/, '')
}

/** The characters of every number scheme in use. */
const numberPattern = /^[a-z0-9_@+']{1,64}$/
/** A login may have any letter, and separators between them. */
const loginPattern = /^[\p{L}\p{M}\p{N}_@+'.-]{1,64}$/u

/** Whether a folded number can be one at all; it depends on the input alone. */
export const isNumber = (kind: NumberKind, folded: string) =>
  (kind === 'uid' ? loginPattern : numberPattern).test(folded)
