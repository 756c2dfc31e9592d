import { unified } from '../texts/unified.ts'

const beaCheckLetters = 'ABCDEFGHJKLMNPRSTUVWXYZ'
const beaPattern = /^(\d{10})([A-HJ-NPR-Z])$/
const base36Pattern = /^([0-9A-Z]{10})(\d)$/

const digitValue = (character: string) => Number.parseInt(character, 36)

const base36CheckDigit = (body: string) => {
  const sum = [...body.slice(0, 9)].reduce((total, character) => total + digitValue(character), 0)
  return (6 * sum + digitValue(body[9] ?? '0')) % 10
}

/**
 * Verifies the check character of an INE, for the two formats whose rule is known (BEA: a letter, the ten digits modulo
 * 23; higher education: a digit, computed in base 36). Real cards have exceptions: a wrong one warns and never refuses.
 */
export const checkIneKey = (typed: string): 'right' | 'wrong' | 'unknown' => {
  const ine = unified(typed)
    .toUpperCase()
    .replace(/[\s.-]+/g, '')
    .padStart(11, '0')
  const beaMatch = beaPattern.exec(ine)
  if (beaMatch) return beaCheckLetters[Number(beaMatch[1]) % 23] === beaMatch[2] ? 'right' : 'wrong'
  const base36Match = base36Pattern.exec(ine)
  if (base36Match)
    return base36CheckDigit(base36Match[1] ?? '') === Number(base36Match[2]) ? 'right' : 'wrong'
  return 'unknown'
}
