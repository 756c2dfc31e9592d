import { plain } from '../../texts/plain.ts'

/**
 * Normal form of an answer: its letters and digits, without case, accents, hyphens, apostrophes and spaces, because nobody
 * remembers after three years how they typed « Saint-Amand-les-Eaux ». Empty when it has no letter or digit.
 */
export const foldAnswer = (typed: string) => plain(typed.normalize('NFKD')).replace(/[^\p{L}\p{N}]/gu, '')
