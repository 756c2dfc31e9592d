/**
 * Cleans a typed number, date, code or address. It removes invisible characters (marks of direction, zero-width spaces, soft
 * hyphens), which copied text may contain. It replaces every dash by a hyphen and every kind of space by a plain space. Not for
 * passwords, which stay as they were typed.
 */
export const unified = (typed: string) =>
  typed
    // Before the composition of accents, which an invisible character between letter and accent would prevent.
    .replace(/\p{Cf}+/gu, '')
    .normalize('NFKC')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\s/gu, ' ')
    .trim()
