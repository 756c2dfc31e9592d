import { readFileSync } from 'node:fs'
import { asSpreadsheetText } from './spreadsheet.ts'

/** A record of a table, with its line number in the file: messages name the number, never the content. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] }

const unquoted = (cell: string) =>
  cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"').trim() : cell.trim()

/** RFC 4180, with the separator that the first line uses: spreadsheets in French write `;`. */
export const readCsv = (text: string): readonly CsvRecord[] => {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const separator = /^(?:"[^"]*"|[^",;\n])*([,;])/.exec(source)?.[1] ?? ','
  const cell = new RegExp(`("(?:[^"]|"")*"|[^${separator}\\n]*)(${separator}|\\n|$)`, 'gy')
  const lines: CsvRecord[] = []
  let [cells, line, began]: [string[], number, number] = [[], 1, 1]
  for (const [whole, content = '', end] of source.matchAll(cell)) {
    cells.push(unquoted(content))
    if (end !== separator) {
      if (cells.some(Boolean)) lines.push({ line: began, cells })
      cells = []
    }
    line += whole.split('\n').length - 1
    if (cells.length === 0) began = line
    if (end === '') break
  }
  return lines
}

/** RFC 4180: a cell with a separator, a quote or a line end is quoted. */
const quoted = (cell: string) => {
  const safe = asSpreadsheetText(cell)
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const writeCsv = (rows: readonly (readonly string[])[]) =>
  `${rows.map(row => row.map(quoted).join(',')).join('\n')}\n`

/** `-` is the standard input. */
export const readTable = (file: string) => readCsv(readFileSync(file === '-' ? 0 : file, 'utf8'))
