import { IntlMessageFormat } from 'intl-messageformat'
import { type Language, sayIn, sourceText, type TextKey, textKeys } from '../../src/texts/texts.ts'

type Element = { readonly type: number; readonly value?: unknown; readonly options?: Record<string, Option> }
type Option = { readonly value: readonly Element[] }
const plural = 6

const elementsIn = (elements: readonly Element[]): Element[] =>
  elements.flatMap(element => [
    element,
    ...Object.values(element.options ?? {}).flatMap(({ value }) => elementsIn(value)),
  ])

/** Text and `#` name no value. */
const argumentsOf = (text: string, language: Language) =>
  elementsIn(
    new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst() as Element[],
  ).filter(({ type }) => type !== 0 && type !== 7)

/** Words by which the help finds a page, which nobody reads. */
const isListOfWords = (key: TextKey) => key.endsWith('.words')

/** A text as a person reads it: with no, one and several where it counts, and one word for every other value. */
const readings = (key: TextKey, language: Language): string[] => {
  const found = argumentsOf(sourceText(key, language), language)
  const counts = found.some(({ type }) => type === plural) ? [0, 1, 2] : [2]
  return counts.map(count =>
    sayIn(language)(
      key,
      Object.fromEntries(found.map(({ type, value }) => [String(value), type === plural ? count : 'valeur'])),
    ),
  )
}

/** Every text that people read in this language. */
export const textsRead = (language: Language) =>
  textKeys
    .filter(key => !isListOfWords(key))
    .flatMap(key => readings(key, language).map(text => ({ key, text })))
