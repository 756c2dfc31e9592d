import { foldWord } from '../fold.ts'
import { coreOf, coresOf } from './core.ts'
import { type FilterFacts, openFilter } from './filter.ts'
import { isKeyboardRun, isNumber } from './runs.ts'

/** Is a password, or what it decorates, on a list of leaked and common ones? Asked offline: no password leaves. */
export type Leaked = {
  check(password: string): boolean
  /** How many words each list holds, and how often it refuses wrongly. */
  readonly facts: readonly (FilterFacts & { readonly name: 'shipped' | 'operator' })[]
  close(): void
}

/** The operator's list holds whole passwords as people typed them: it is asked what was typed, and the core. */
const askedOfOperator = (password: string) => new Set([password, password.toLowerCase(), coreOf(password)])

export const openLeaked = (from: {
  shipped: string
  operator?: string | undefined
  institutionWords: readonly string[]
}): Leaked => {
  const shipped = openFilter(from.shipped)
  const operator = from.operator ? openFilter(from.operator) : null
  const own = new Set(from.institutionWords.map(foldWord))

  const isCommon = (word: string) => own.has(word) || shipped.has(word)
  const isKnownToOperator = (password: string) =>
    operator !== null && [...askedOfOperator(password)].some(word => word !== '' && operator.has(word))

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
