import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { readOperatorText } from './operator-file.ts'
import { ok, type Result } from './result.ts'
import { asSpreadsheetText } from './spreadsheet.ts'
import { mapInRounds, type Rounds } from './turns.ts'

/** A record of a table, with the line of the file where it begins: messages name the line, never the content. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] }

type ParsedRecord = {
  readonly record: readonly string[]
  readonly raw: string
  readonly info: { lines: number }
}

/** Spreadsheets in French write `;`: the separator that the first line uses. */
const separatorOf = (text: string) => /^(?:"[^"]*"|[^",;\r\n])*([,;])/.exec(text)?.[1] ?? ','

/** Empty lines before a record belong to its raw text. */
const linesIn = (raw: string) => raw.trim().split('\n').length

/** RFC 4180, in either separator. The reason of a refusal is a sentence for the operator. */
export function readCsv(text: string): Result<{ records: readonly CsvRecord[] }, string> {
  try {
    const parsed = parse(text.replace(/\r\n?/g, '\n'), {
      delimiter: separatorOf(text),
      info: true,
      raw: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as readonly ParsedRecord[]
    const records = parsed.map(({ record, raw, info }) => ({
      line: info.lines - linesIn(raw) + 1,
      cells: record,
    }))
    return ok({ records: records.filter(({ cells }) => cells.some(Boolean)) })
  } catch (fault) {
    if (!(fault instanceof CsvError)) throw fault
    return { ok: false, reason: `line ${String(fault.lines)} is not CSV (${fault.code})` }
  }
}

/** Reads a table from a file; `-` is the standard input. */
export function readTable(file: string): Result<{ records: readonly CsvRecord[] }, string> {
  const read = readOperatorText(file)
  return read.ok ? readCsv(read.text) : read
}

/** RFC 4180, with texts that no spreadsheet runs as formulas. */
export const writeCsv = (rows: readonly (readonly string[])[]) =>
  stringify(
    rows.map(row => row.map(asSpreadsheetText)),
    { quoted_match: /[;\t\r\n]/ },
  )

/**
 * The same for a person who opens it in a spreadsheet: `;`, every cell quoted, and a byte order mark by which spreadsheets
 * recognise UTF-8.
 */
export function* writeSpreadsheet(rows: readonly (readonly string[])[]): Rounds<string> {
  const lines = yield* mapInRounds(rows, row =>
    stringify([row.map(asSpreadsheetText)], { delimiter: ';', quoted: true, record_delimiter: 'windows' }),
  )
  return `\ufeff${lines.join('')}`
}
