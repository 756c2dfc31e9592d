import { en } from '../../src/texts/en/en.ts'
import { fr } from '../../src/texts/fr/fr.ts'
import { texts } from './additions.ts'

/** The languages of `src/texts/locales.ts`, with the texts of the added proof. */
export const locales = {
  fr: { ...fr, texts: { ...fr.texts, ...texts.fr } },
  en: { ...en, texts: { ...en.texts, ...texts.en } },
}

export const ownLanguage = 'fr'
export const foreignLanguage = 'en'
export const operatorLanguage = 'en'
