import { expect, it } from 'vitest'
import { journalAsCsv } from './account/journal/export.ts'
import type { JournalWords } from './account/journal/sentences.ts'
import { readCsv, writeCsv } from './csv.ts'
import { asSpreadsheetText } from './spreadsheet.ts'
import { locales } from './texts/locales.ts'
import { sayIn } from './texts/texts.ts'
import { createDateFormats } from './ui/date-formats.ts'

const signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'].map(sign => `${sign}cmd|'/C calc'!A0`)
const before = ['', '\t', '\r', '\n', '\r\n', ' ', '\u00a0', '\ufeff', '\u200b', '\0']
const formulas = [
  '\t',
  '\r',
  '\n',
  '\rtext',
  '\ttext',
  '\ntext',
  ...before.flatMap(blank => signs.map(sign => `${blank}${sign}`)),
]
const texts = ['', 'a=1', 'Félix', '22104587', "'=1", 'a\tb', '1-2', 'x@univ.example']

const ui = {
  language: 'fr',
  locale: locales.fr,
  say: sayIn('fr'),
  ...createDateFormats('fr', 'UTC', sayIn('fr')),
}
const words = { ui, services: [] } as unknown as JournalWords
const inJournal = (device: string) => {
  const entry = { sequence: 1, at: 0, kind: 'unknown', actor: 'system', details: {} }
  return journalAsCsv(words, [{ ...entry, actor: `operator:${device}`, kind: 'x', details: { device } }])
}

it.each(formulas)('%j is exported as text, not as a formula', async formula => {
  expect(asSpreadsheetText(formula)).toBe(`'${formula}`)
  const table = writeCsv([['before', formula, 'after']])
  // One line of three cells, none of which begins with a sign of a formula.
  expect(table).toMatch(/^before,"?'/)
  expect(table).toMatch(/,after\n$/)
  expect(readCsv(table)).toMatchObject({ ok: true, records: [{ line: 1 }] })
  const cells = (await inJournal(formula)).split(/";"|"\r\n"?/)
  for (const cell of cells) expect(cell.replace(/^\ufeff?"/, '')).not.toMatch(/^[\t\r\n]|^\s*[=+\-@＝＋－＠]/)
})

it.each(texts)('%j is exported unchanged', text => {
  expect(asSpreadsheetText(text)).toBe(text)
})
