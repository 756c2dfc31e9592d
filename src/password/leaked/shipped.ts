import { foldWord } from '../fold.ts'
import { buildFilter } from './build.ts'
import { coreOf } from './core.ts'

/** Words of French passwords that the lists do not contain. */
const ownWords = [
  'motdepasse',
  'bienvenue',
  'universite',
  'etudiant',
  'personnel',
  'sesame',
  'eduroam',
  'rentree',
]

/** zxcvbn's lists: common passwords, and the words, first names and family names of French and English. */
const listsOf = async () => {
  const languages = await Promise.all([
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-fr'),
    import('@zxcvbn-ts/language-en'),
  ])
  return languages.flatMap(({ dictionary }) => Object.values(dictionary).flat()).map(String)
}

/** Builds the filter that Sésame ships: one false positive in a million. Returns its number of words. */
export const buildShipped = async (output: string) => {
  const words = new Set(ownWords)
  for (const word of await listsOf())
    for (const form of [word.toLowerCase(), foldWord(word), coreOf(word)]) if (form !== '') words.add(form)
  buildFilter(words, output, 1e-6)
  return words.size
}
