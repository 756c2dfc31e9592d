import { unified } from '../texts/unified.ts'

/**
 * Normalizes a typed number before any lookup, digest or rate limit: spaces, dots, hyphens, case and leading zeros are
 * ignored. Two ways to type one number must be one subject, or their different answers would reveal who exists.
 */
export const foldNumber = (typed: string) =>
  unified(typed)
    .toLowerCase()
    .replace(/[\s.-]+/g, '')
    .replace(/^0+(?=.)/, '')
