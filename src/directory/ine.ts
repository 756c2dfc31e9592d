import { unified } from '../texts/unified.ts'

const beaLetters = 'ABCDEFGHJKLMNPRSTUVWXYZ'
const bea = /^(\d{10})([A-HJ-NPR-Z])$/
const base36 = /^([0-9A-Z]{10})(\d)$/

const worth = (character: string) => Number.parseInt(character, 36)

const keyOfBase36 = (body: string) => {
  const sum = [...body.slice(0, 9)].reduce((total, character) => total + worth(character), 0)
  return (6 * sum + worth(body[9] ?? '0')) % 10
}

/**
 * The check key of an INE, for the two families whose rule is known (BEA: a letter, remainder of the ten digits by 23;
 * higher education: a digit over base 36). Real cards hold exceptions, so a wrong key warns and never refuses.
 */
export const ineKey = (typed: string): 'right' | 'wrong' | 'unknown' => {
  const ine = unified(typed)
    .toUpperCase()
    .replace(/[\s.-]+/g, '')
    .padStart(11, '0')
  const school = bea.exec(ine)
  if (school) return beaLetters[Number(school[1]) % 23] === school[2] ? 'right' : 'wrong'
  const higher = base36.exec(ine)
  if (higher) return keyOfBase36(higher[1] ?? '') === Number(higher[2]) ? 'right' : 'wrong'
  return 'unknown'
}
