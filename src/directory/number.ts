/**
 * Folds what is typed before any lookup, digest or limit: spaces, dots, hyphens, case and leading zeros do not
 * count. Two spellings of one number must be one subject, or their answers would tell who exists.
 */
export const foldNumber = (typed: string) =>
  typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.\-\u2010-\u2015\u2212]+/gu, '')
    .replace(/^0+(?=.)/, '')
