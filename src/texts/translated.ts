import { z } from 'zod'
import { locales } from './locales.ts'
import { inEachLanguage, isLanguage, type Language, sourceText, type TextKey } from './texts.ts'

/** A text of the institution, in each language that the configuration has. */
export type Translated<Value = string> = Readonly<Partial<Record<Language, Value>>>

/** The fields of a text in each language; required where no other language stands in. */
export const translatedShape = <Schema extends z.ZodType>(schema: Schema): Record<Language, Schema> =>
  inEachLanguage(language =>
    locales[language].fallback === null ? schema : schema.optional(),
  ) as unknown as Record<Language, Schema>

export const translated = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject(translatedShape(schema))

/** A text of the product, as a default of the configuration. */
export const defaultTranslation = (key: TextKey) => inEachLanguage(language => sourceText(key, language))

/** The text in this language, or in the one that stands in for it; `undefined`: in neither. */
export const inLanguage = <Value>(texts: Translated<Value>, language: Language): Value | undefined => {
  const { fallback } = locales[language]
  return texts[language] ?? (fallback !== null && isLanguage(fallback) ? texts[fallback] : undefined)
}
