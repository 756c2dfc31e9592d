import { plain } from '../texts/plain.ts'

/** What a name or a word is once nobody minds case, accents or separators. */
export const foldWord = (text: string) => plain(text).replace(/[^a-z0-9]/g, '')

/** @4→a 0→o 1!→i 3→e $5→s 7→t: what people think a guesser would not try. */
export const unleet = (text: string) =>
  text.replace(/[@401!3$57]/g, sign => 'aaoiiesst'['@401!3$57'.indexOf(sign)] ?? sign)

/** As typed, and with l33t undone: `C@mille` is Camille. */
export const readingsOf = (password: string) => [foldWord(password), foldWord(unleet(plain(password)))]
