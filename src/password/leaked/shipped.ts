import { foldWord } from '../fold.ts'
import { buildFilter } from './build.ts'
import { coreOf } from './core.ts'

/** What the lists lack and French passwords have. */
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

/** The filter that Sésame ships, made at build time: one wrong refusal in a million. Returns how many it holds. */
export const buildShipped = async (output: string) => {
  const words = new Set(ownWords)
  for (const word of await listsOf())
    for (const form of [word.toLowerCase(), foldWord(word), coreOf(word)]) if (form !== '') words.add(form)
  buildFilter(words, output, 1e-6)
  return words.size
}
