/**
 * A text that a spreadsheet shows and never runs as a formula (OWASP, CSV Injection; ASVS 1.2.10): an apostrophe is put before
 * a text that begins like a formula. Spreadsheets skip blanks and control characters before the sign of a formula, and accept
 * its full-width forms.
 */
export const asSpreadsheetText = (text: string) =>
  /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u.test(text) ? `'${text}` : text
