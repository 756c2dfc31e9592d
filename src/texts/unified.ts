/**
 * A number, a date, a code or an address as it was meant: signs that nobody sees (marks of direction, zero-width spaces,
 * soft hyphens, which spreadsheets and systems put into copied text) are gone; every dash is a hyphen, every space a
 * space. Not for passwords, which are what was typed.
 */
export const unified = (typed: string) =>
  typed
    .normalize('NFKC')
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\s/gu, ' ')
    .trim()
