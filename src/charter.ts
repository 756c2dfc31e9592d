import { readFileSync } from 'node:fs'
import type { Settings } from './config/load.ts'
import { demonstrationCharter } from './texts/charter.ts'
import type { Language } from './texts/texts.ts'

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
  const { version, fr, en } = config.charter
  const read = (file: string | undefined, language: Language) =>
    paragraphsOf(file ? readFileSync(file, 'utf8') : demonstrationCharter[language])
  return { version, demonstration: !fr || !en, paragraphs: { fr: read(fr, 'fr'), en: read(en, 'en') } }
}
