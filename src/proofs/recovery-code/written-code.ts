import { randomBytes } from 'node:crypto'
import { plain } from '../../texts/plain.ts'

/** Crockford's 32 signs: no I, L, O or U, so that nothing on paper is read for something else. */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 16
const group = 4

/** 80 bits: five for each sign (NIST SP 800-63B-4 asks a saved recovery code for 64). */
export const newCode = () => Array.from(randomBytes(length), byte => signs[byte % signs.length]).join('')

/** In groups of four, as it is printed and as most people will type it. */
export const inGroups = (code: string) => (code.match(new RegExp(`.{1,${group}}`, 'g')) ?? []).join('-')

const misread: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/** What was typed, as it was drawn: case, spaces and hyphens do not count, and O is read 0. */
export const foldCode = (typed: string) =>
  plain(typed.normalize('NFKD'))
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()
    .replace(/[OIL]/g, sign => misread[sign] ?? sign)

export const looksPrinted = (folded: string) =>
  folded.length === length && [...folded].every(sign => signs.includes(sign))
