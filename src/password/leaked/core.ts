import { plain } from '../../texts/plain.ts'
import { unleet } from '../fold.ts'

/** `azertyazerty` becomes `azerty`: guessing programs try repeated blocks, so a repetition adds no strength. */
export const smallestBlock = (text: string) => /^(.+?)\1+$/s.exec(text)?.[1] ?? text

const withoutSeparators = (text: string) => text.replace(/[-_. ']/g, '')

/**
 * The word inside a password: in lower case, digits and special characters stripped from both ends, accents and l33t
 * undone. The ends are stripped first: the `!` of `2026!` is a decoration, not an i.
 */
export const coreOf = (password: string) =>
  smallestBlock(unleet(plain(password).replace(/^[^a-z]+|[^a-z]+$/g, '')))

const isLeet = (sign: string | undefined) => sign !== undefined && unleet(sign) !== sign

/** Where a word may begin when its first letters may be l33t: at the first letter, or at a l33t character before it. */
const startsIn = (text: string) => {
  const letters = text.search(/[a-z]/)
  return Array.from({ length: letters + 1 }, (_, at) => at).filter(at => at === letters || isLeet(text[at]))
}

const endsIn = (text: string) => startsIn([...text].reverse().join('')).map(at => text.length - at)

/**
 * Every reading of the core: `$oleil2026` begins with a l33t letter and `Pa$$1234` ends with two, which plain stripping
 * would lose. Separators between words are also read as absent, and a repeated word as a single one.
 */
export const coresOf = (password: string) => {
  const text = plain(password)
  if (!/[a-z]/.test(text)) return []
  const letters = text.replace(/[^a-z]/g, '')
  const twice = smallestBlock(letters)
  const cores = new Set([coreOf(password), ...(twice === letters ? [] : [twice])])
  for (const start of startsIn(text))
    for (const end of endsIn(text)) {
      const core = unleet(text.slice(start, end))
      for (const reading of [core, withoutSeparators(core)]) cores.add(smallestBlock(reading))
    }
  return [...cores]
}
