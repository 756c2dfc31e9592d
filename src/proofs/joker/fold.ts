const ligatures: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
}

/**
 * What counts in an answer: letters and digits. Case, accents, hyphens, apostrophes and spaces do not, since nobody
 * remembers after three years how they typed « Saint-Amand-les-Eaux ». Empty when nothing counts.
 */
export const foldAnswer = (typed: string) =>
  typed
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[œæßøłđı]/gu, letter => ligatures[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]/gu, '')
