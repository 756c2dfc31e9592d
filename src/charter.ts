import type { Settings } from './config/load.ts'
import { readNamedText } from './operator-file.ts'
import { locales } from './texts/locales.ts'
import { inEachLanguage, type Language, languages } from './texts/texts.ts'
import { inLanguage } from './texts/translated.ts'

/** The règlement intérieur: a versioned text that people accept. Each acceptance is recorded with the version. */
export type Charter = {
  readonly version: string
  readonly demonstration: boolean
  readonly paragraphs: Readonly<Record<Language, readonly Paragraph[]>>
}
export type Paragraph = { readonly heading: boolean; readonly text: string }

const paragraphsOf = (text: string): Paragraph[] =>
  text
    .split(/\r?\n\s*\r?\n/)
    .map(block => block.trim())
    .filter(block => block !== '')
    .map(block => ({ heading: block.startsWith('# '), text: block.replace(/^# /, '').replace(/\s+/g, ' ') }))

export const readCharter = ({ config }: Pick<Settings, 'config'>): Charter => {
  const { version, ...files } = config.charter
  const textIn = (language: Language) => {
    const file = inLanguage(files, language)
    return file ? readNamedText(file) : locales[language].demonstrationCharter
  }
  return {
    version,
    demonstration: languages.some(language => !inLanguage(files, language)),
    paragraphs: inEachLanguage(language => paragraphsOf(textIn(language))),
  }
}
