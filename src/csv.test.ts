import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readCsv, readTable, writeCsv } from './csv.ts'

const recordsIn = (text: string) => {
  const read = readCsv(text)
  if (!read.ok) throw new Error(read.reason)
  return read.records
}

describe('a table', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-csv-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const fileOf = (content: string | Buffer) => {
    const file = join(folder, 'list.csv')
    writeFileSync(file, content)
    return file
  }

  it('is read as spreadsheets write it: either separator, quotes, a byte order mark, empty lines', () => {
    expect(recordsIn('\uFEFFa,b\r\n\r\n"c, d","say ""e"""\n')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['c, d', 'say "e"'] },
    ])
    expect(recordsIn('login;question;réponse\nx; y ;L’eau, vive\n\n;;\n')).toEqual([
      { line: 1, cells: ['login', 'question', 'réponse'] },
      { line: 2, cells: ['x', 'y', 'L’eau, vive'] },
    ])
  })

  it('gives the line where a record begins, also when a quoted cell has several lines', () => {
    expect(recordsIn('"a\nb",c\n\n\nd,e').map(({ line }) => line)).toEqual([1, 5])
  })

  it('has no record when it is empty', () => {
    expect(recordsIn('')).toEqual([])
  })

  it.each([
    ['a quote that is not closed', 'a,b\nc,"d\ne,f\n', 'line 3 is not CSV (CSV_QUOTE_NOT_CLOSED)'],
    ['a quote within a cell', 'a,b\nc,d"e"\n', 'line 2 is not CSV (INVALID_OPENING_QUOTE)'],
  ])('is refused with its line when it has %s', (_, text, reason) => {
    expect(readCsv(text)).toEqual({ ok: false, reason })
  })

  it('is refused with its line when it is not UTF-8, as Excel saves it in France', () => {
    const read = readTable(fileOf(Buffer.from('login;réponse\nx;été\n', 'latin1')))
    expect(!read.ok && read.reason).toMatch(/^line 1 is not in UTF-8/)
    const later = Buffer.concat([Buffer.from('login;réponse\n'), Buffer.from('x;été\n', 'latin1')])
    expect(readTable(fileOf(later))).toMatchObject({ ok: false, reason: /^line 2 / })
    expect(readTable(fileOf('login;réponse\nx;été'))).toMatchObject({ ok: true })
    expect(readTable(join(folder, 'missing.csv'))).toEqual({ ok: false, reason: 'cannot be read (ENOENT)' })
  })

  it('is written as it is read, and holds no formula', () => {
    const rows = [
      ['a', 'b;c', 'd"e'],
      ['1', 'two words', ''],
    ]
    expect(recordsIn(writeCsv(rows)).map(({ cells }) => cells)).toEqual(rows)
    expect(writeCsv([['=1+1']])).toBe("'=1+1\n")
  })
})
