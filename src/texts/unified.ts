/**
 * What copying adds and nobody sees: format characters (marks of direction, zero-width spaces, soft hyphens), the other characters
 * that are never drawn (variation selectors, fillers), the mark of an object that was not copied.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC]+/gu

/** Dashes, and the minus signs and bullets that fonts and word processors use in their place. */
const dashes = /[\p{Pd}\u02D7\u2043\u2212\u2796]/gu

/** The slashes of fractions and divisions. */
const slashes = /[\u2044\u2215\u29F8]/g

/** Telephones type a curved apostrophe where the login or address has a straight one. */
const apostrophes = /[\u2018\u2019\u201B\u02BC\u2032]/g

/** Every kind of space; the blank of braille is drawn as one. */
const spaces = /[\s\u0085\u2800]/gu

/** The digits of another script, such as ٣, which its keyboards type. Unicode has them in rows of ten, from zero on. */
const digits = /[^\P{Nd}0-9]/gu
const isDigit = (point: number) => /^\p{Nd}$/u.test(String.fromCodePoint(point))
const plainDigit = (digit: string) => {
  const point = digit.codePointAt(0) ?? 0
  let before = 0
  while (isDigit(point - before - 1)) before += 1
  return String(before % 10)
}

/** Control characters, which PDF files have in place of some signs. */
const controls = /\p{Cc}+/gu

/**
 * Reads what people type or paste as a number, date, code, mobile, address or login: the one place that knows what copying and
 * keyboards change. It removes what is not visible, and writes every digit, dash, slash, apostrophe and space in its plain form. Not for
 * passwords, which stay as they were typed.
 */
export const unified = (typed: string) =>
  typed
    // Before the composition of accents, which an invisible character between letter and accent would prevent.
    .replace(invisible, '')
    // Before the controls, which tabs and ends of lines are too.
    .replace(spaces, ' ')
    .replace(controls, '')
    .normalize('NFKC')
    .replace(digits, plainDigit)
    .replace(dashes, '-')
    .replace(slashes, '/')
    .replace(apostrophes, "'")
    .trim()

/** A login as directories compare them: without case, and with single spaces (RFC 4518 §2.6.1). */
export const foldLogin = (typed: string) => unified(typed).toLowerCase().replace(/ +/g, ' ')
