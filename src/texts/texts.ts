import IntlMessageFormat from 'intl-messageformat'
import { type ReasonKey, reasonKeys, type TextKey } from './fr/fr.ts'
import { type Language, locales, ownLanguage } from './locales.ts'

export type { ReasonKey, TextKey } from './fr/fr.ts'
export type { Language } from './locales.ts'

export const languages = Object.keys(locales) as readonly Language[]

export const isLanguage = (value: string): value is Language => Object.hasOwn(locales, value)

/** The language of a stored row; a version with more languages may have written it. */
export const storedLanguage = (value: string): Language => (isLanguage(value) ? value : ownLanguage)

/** One value for each language. */
export const inEachLanguage = <Value>(
  make: (language: Language) => Value,
): Readonly<Record<Language, Value>> =>
  Object.fromEntries(languages.map(language => [language, make(language)])) as Record<Language, Value>

export type Values = Readonly<Record<string, string | number>>
/** Says a sentence; `values` fill its ICU arguments. */
export type Say = (key: TextKey, values?: Values) => string
export type SayIn = (language: Language) => Say

/** The sentences that the institution words otherwise (`own-text.ts`). */
export type OwnTexts = Readonly<Record<Language, ReadonlyMap<TextKey, string>>>

export const noOwnTexts: OwnTexts = inEachLanguage(() => new Map())

type Sentence = string | IntlMessageFormat

/** Only a sentence with an argument pays for ICU, and once. */
const sentenceOf = (text: string, language: Language): Sentence =>
  text.includes('{')
    ? new IntlMessageFormat(text, locales[language].formats, undefined, { ignoreTag: true })
    : text

const prepared = (language: Language, own: ReadonlyMap<TextKey, string>) => {
  const { texts, typeset } = locales[language]
  const made = new Map<TextKey, Sentence>()
  return (key: TextKey) => {
    const ready = made.get(key) ?? sentenceOf(typeset(own.get(key) ?? texts[key]), language)
    made.set(key, ready)
    return ready
  }
}

/** Every page, mail, message and letter says its sentences by the one that `foundations.ts` creates. */
export const createSayIn = (own: OwnTexts = noOwnTexts): SayIn => {
  const catalogues = inEachLanguage(language => prepared(language, own[language]))
  return language =>
    (key, values = {}) => {
      const sentence = catalogues[language](key)
      return typeof sentence === 'string' ? sentence : String(sentence.format({ ...values }))
    }
}

/** The product's own sentences. */
export const sayIn = createSayIn()

export const textKeys = Object.keys(locales[ownLanguage].texts) as readonly TextKey[]

/** A text as it is written, with the names of its values. */
export const sourceText = (key: TextKey, language: Language = ownLanguage): string =>
  locales[language].texts[key]

/** For keys made from the content of a row, which an older or newer version of Sésame may have written. */
export const isTextKey = (value: string): value is TextKey => Object.hasOwn(locales[ownLanguage].texts, value)

/** True when every refusal of the product has its sentence: the reasons of the code are keys of `reasons`. */
export const isReason = (value: string): value is ReasonKey => reasonKeys.includes(value)
