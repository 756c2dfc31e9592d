import { expect, it } from 'vitest'
import { readCsv, writeCsv } from './csv.ts'

it('reads what spreadsheets write: either separator, quotes, a byte order mark, empty lines', () => {
  expect(readCsv('\uFEFFa,b\r\n\r\n"c, d","say ""e"""\n')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 3, cells: ['c, d', 'say "e"'] },
  ])
  expect(readCsv('login;question;réponse\nx; y ;L’eau, vive')).toEqual([
    { line: 1, cells: ['login', 'question', 'réponse'] },
    { line: 2, cells: ['x', 'y', 'L’eau, vive'] },
  ])
})

it('gives the line number where a record begins, also when a quoted cell has several lines', () => {
  expect(readCsv('"a\nb",c\nd,e').map(({ line }) => line)).toEqual([1, 3])
})

it('writes what it reads, and no formula', () => {
  const rows = [
    ['a', 'b;c', 'd"e'],
    ['1', 'two words', ''],
  ]
  expect(readCsv(writeCsv(rows)).map(({ cells }) => cells)).toEqual(rows)
  expect(writeCsv([['=1+1']])).toBe("'=1+1\n")
})
