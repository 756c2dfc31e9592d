import { foldWord } from '../fold.ts'
import { coreOf, coresOf } from './core.ts'
import { type FilterFacts, openFilter } from './filter.ts'
import { isKeyboardRun, isNumber } from './runs.ts'

/** Whether a password, or its core, is on a list of leaked and common ones. Checked offline: no password leaves the server. */
export type LeakedPasswords = {
  check(password: string): boolean
  /** For each list its number of words and its rate of false positives. */
  readonly facts: readonly (FilterFacts & { readonly name: 'shipped' | 'operator' })[]
  close(): void
}

/** The operator's list contains whole passwords as people typed them: both the typed password and its core are looked up. */
const operatorLookups = (password: string) => new Set([password, password.toLowerCase(), coreOf(password)])

export const openLeaked = (from: {
  shipped: string
  operator?: string | undefined
  institutionWords: readonly string[]
}): LeakedPasswords => {
  const shipped = openFilter(from.shipped)
  const operator = from.operator ? openFilter(from.operator) : null
  const own = new Set(from.institutionWords.map(foldWord))

  const isCommon = (word: string) => own.has(word) || shipped.has(word)
  const isKnownToOperator = (password: string) =>
    operator !== null && [...operatorLookups(password)].some(word => word !== '' && operator.has(word))

  return {
    check: password =>
      isNumber(password) ||
      isKeyboardRun(password) ||
      [password.toLowerCase(), ...coresOf(password)].some(isCommon) ||
      isKnownToOperator(password),
    facts: [
      { name: 'shipped', ...shipped.facts },
      ...(operator ? [{ name: 'operator' as const, ...operator.facts }] : []),
    ],
    close: () => {
      shipped.close()
      operator?.close()
    },
  }
}
