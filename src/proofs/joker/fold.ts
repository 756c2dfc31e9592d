import { plain } from '../../texts/plain.ts'

/**
 * What counts in an answer: letters and digits. Case, accents, hyphens, apostrophes and spaces do not, since nobody
 * remembers after three years how they typed « Saint-Amand-les-Eaux ». Empty when nothing counts.
 */
export const foldAnswer = (typed: string) => plain(typed.normalize('NFKD')).replace(/[^\p{L}\p{N}]/gu, '')
