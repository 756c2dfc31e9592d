import { randomBytes } from 'node:crypto'
import { plain } from '../../texts/plain.ts'
import { unified } from '../../texts/unified.ts'

/** Crockford's base32 alphabet: no I, L, O or U, so that printed characters are not confused. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 16
const group = 4

/** 80 bits: five for each character (NIST SP 800-63B-4 asks a saved recovery code for 64). */
export const newCode = () =>
  Array.from(randomBytes(length), byte => alphabet[byte % alphabet.length]).join('')

/** The code in groups of four, as it is printed. */
export const inGroups = (code: string) => (code.match(new RegExp(`.{1,${group}}`, 'g')) ?? []).join('-')

const misread: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/** Normal form of a typed code: without case, spaces and hyphens, with O as 0 and I and L as 1. */
export const foldRecoveryCode = (typed: string) =>
  plain(unified(typed).normalize('NFKD'))
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()
    .replace(/[OIL]/g, character => misread[character] ?? character)

export const looksPrinted = (folded: string) =>
  folded.length === length && [...folded].every(character => alphabet.includes(character))
