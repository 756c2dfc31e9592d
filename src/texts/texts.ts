import IntlMessageFormat from 'intl-messageformat'
import { account as enAccount } from './en/account.ts'
import { activation as enActivation } from './en/activation.ts'
import { external as enExternal } from './en/external.ts'
import { factors as enFactors } from './en/factors.ts'
import { guide as enGuide } from './en/guide.ts'
import { help as enHelp } from './en/help.ts'
import { helpPictures as enHelpPictures } from './en/help-pictures.ts'
import { identifier as enIdentifier } from './en/identifier.ts'
import { journal as enJournal } from './en/journal.ts'
import { journey as enJourney } from './en/journey.ts'
import { mails as enMails } from './en/mails.ts'
import { pages as enPages } from './en/pages.ts'
import { reasons as enReasons } from './en/reasons.ts'
import { services as enServices } from './en/services.ts'
import { statements as enStatements } from './en/statements.ts'
import { account as frAccount } from './fr/account.ts'
import { activation as frActivation } from './fr/activation.ts'
import { external as frExternal } from './fr/external.ts'
import { factors as frFactors } from './fr/factors.ts'
import { guide as frGuide } from './fr/guide.ts'
import { help as frHelp } from './fr/help.ts'
import { helpPictures as frHelpPictures } from './fr/help-pictures.ts'
import { identifier as frIdentifier } from './fr/identifier.ts'
import { journal as frJournal } from './fr/journal.ts'
import { journey as frJourney } from './fr/journey.ts'
import { mails as frMails } from './fr/mails.ts'
import { pages as frPages } from './fr/pages.ts'
import { reasons as frReasons } from './fr/reasons.ts'
import { services as frServices } from './fr/services.ts'
import { statements as frStatements } from './fr/statements.ts'
import { typesetEnglish, typesetFrench } from './typeset.ts'

/** Every sentence of the product. A key that one language lacks does not compile. */
export type Language = 'fr' | 'en'
export const languages: readonly Language[] = ['fr', 'en']

const fr = {
  ...frReasons,
  ...frJourney,
  ...frIdentifier,
  ...frActivation,
  ...frPages,
  ...frMails,
  ...frAccount,
  ...frExternal,
  ...frFactors,
  ...frJournal,
  ...frServices,
  ...frHelp,
  ...frGuide,
  ...frHelpPictures,
  ...frStatements,
}
export type TextKey = keyof typeof fr
export type ReasonKey = keyof typeof frReasons
const en: Record<TextKey, string> = {
  ...enReasons,
  ...enJourney,
  ...enIdentifier,
  ...enActivation,
  ...enPages,
  ...enMails,
  ...enAccount,
  ...enExternal,
  ...enFactors,
  ...enJournal,
  ...enServices,
  ...enHelp,
  ...enGuide,
  ...enHelpPictures,
  ...enStatements,
}

export type Values = Readonly<Record<string, string | number>>
/** Says a sentence; `values` fill its ICU arguments. */
export type Say = (key: TextKey, values?: Values) => string

type Sentence = string | IntlMessageFormat

/** Only a sentence with an argument pays for ICU, and once. */
const sentenceOf = (text: string, language: Language): Sentence =>
  text.includes('{') ? new IntlMessageFormat(text, language, undefined, { ignoreTag: true }) : text

const prepared = (texts: Readonly<Record<TextKey, string>>, language: Language) => {
  const typeset = language === 'fr' ? typesetFrench : typesetEnglish
  const made = new Map<TextKey, Sentence>()
  return (key: TextKey) => {
    const ready = made.get(key) ?? sentenceOf(typeset(texts[key]), language)
    made.set(key, ready)
    return ready
  }
}

const catalogues = { fr: prepared(fr, 'fr'), en: prepared(en, 'en') }

export const sayIn =
  (language: Language): Say =>
  (key, values = {}) => {
    const sentence = catalogues[language](key)
    return typeof sentence === 'string' ? sentence : String(sentence.format({ ...values }))
  }

export const textKeys = Object.keys(fr) as readonly TextKey[]

/** A text as it is written, with the names of its values. */
export const sourceText = (key: TextKey): string => fr[key]

/** For keys made from the content of a row, which an older or newer version of Sésame may have written. */
export const isTextKey = (value: string): value is TextKey => Object.hasOwn(fr, value)

/** True when every refusal of the product has its sentence: the reasons of the code are keys of `reasons`. */
export const isReason = (value: string): value is ReasonKey => Object.hasOwn(frReasons, value)
