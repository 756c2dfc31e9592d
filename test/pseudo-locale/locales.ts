import { en } from '../../src/texts/en/en.ts'
import { fr } from '../../src/texts/fr/fr.ts'
import { zz } from './zz/zz.ts'

/** The list of `src/texts/locales.ts` with one line more; the project `pseudo-locale` of the tests uses it instead. */
export const locales = {
  fr,
  en,
  zz,
}

export const ownLanguage = 'fr'
export const foreignLanguage = 'en'
export const operatorLanguage = 'en'
