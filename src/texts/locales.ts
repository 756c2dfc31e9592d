import { en } from './en/en.ts'
import { fr } from './fr/fr.ts'

/** The languages of the product, one line each. */
export const locales = {
  fr,
  en,
}

export type Language = keyof typeof locales

/** The institution's own language: of a browser that states none, and of the mails to the helpdesk. */
export const ownLanguage: Language = 'fr'

/** Of a browser that states other languages only: its owner more probably reads this one. */
export const foreignLanguage: Language = 'en'

/** Of what commands print. */
export const operatorLanguage: Language = 'en'
