import { unified } from '../texts/unified.ts'

/**
 * Folds what is typed before any lookup, digest or limit: spaces, dots, hyphens, case and leading zeros do not
 * count. Two spellings of one number must be one subject, or their answers would tell who exists.
 */
export const foldNumber = (typed: string) =>
  unified(typed)
    .toLowerCase()
    .replace(/[\s.-]+/g, '')
    .replace(/^0+(?=.)/, '')
