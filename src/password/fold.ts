import { plain } from '../texts/plain.ts'

/** A name or a word without case, accents and separators. */
export const foldWord = (text: string) => plain(text).replace(/[^a-z0-9]/g, '')

/** Undoes l33t: @4→a 0→o 1!→i 3→e $5→s 7→t. Guessing programs try these substitutions. */
export const unleet = (text: string) =>
  text.replace(/[@401!3$57]/g, sign => 'aaoiiesst'['@401!3$57'.indexOf(sign)] ?? sign)

/** As typed, and with l33t undone: `C@mille` is Camille. */
export const readingsOf = (password: string) => [foldWord(password), foldWord(unleet(plain(password)))]
