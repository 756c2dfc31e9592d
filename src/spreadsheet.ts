/**
 * A text that a spreadsheet shows and never runs as a formula (OWASP, CSV Injection; ASVS 1.2.10): an apostrophe goes
 * before it. Spreadsheets skip blanks and control characters before the sign, and take its full-width forms for it.
 */
export const asSpreadsheetText = (text: string) =>
  /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u.test(text) ? `'${text}` : text
