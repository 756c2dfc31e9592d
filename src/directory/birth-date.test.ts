import { describe, expect, it } from 'vitest'
import { parseBirthDate, sameBirthDate } from './birth-date.ts'

const today = new Date('2026-11-24T10:00:00Z')
const read = (typed: string) => {
  const parsed = parseBirthDate(typed, today)
  return parsed.ok ? `${parsed.date.year}-${parsed.date.month}-${parsed.date.day}` : parsed.reason
}

describe('a birth date is parsed in every form that people type', () => {
  it.each([
    '1/2/1980',
    '01/02/1980',
    '01-02-1980',
    '01.02.1980',
    '01 02 1980',
    '01021980',
    '1980-02-01',
    ' 1 / 2 / 1980 ',
    '１/２/１９８０',
    '\u200e1\u200e/\u200e2\u200e/1980',
    '01\u201102\u20111980',
    '01\u201302\u20131980',
    '01\u00a002\u202f1980',
  ])('%s is the first of February 1980', typed => expect(read(typed)).toBe('1980-2-1'))
  it('knows 29 February of a leap year', () => expect(read('29/02/2008')).toBe('2008-2-29'))
  it.each(['00/00/1980', '00/05/1980', '12/00/1980'])('accepts the unknown day or month of %s', typed =>
    expect(read(typed)).toMatch(/^1980-/),
  )
})

describe('an impossible birth date is refused', () => {
  it.each(['31/04/1980', '29/02/2007', '12/13/1980', '32/01/1980', '01/01/1899', '25/11/2026', '32/00/1980'])(
    '%s is impossible',
    typed => expect(read(typed)).toBe('date-impossible'),
  )
  it('never reads eight digits as a year first', () => {
    expect(read('19800201')).toBe('date-impossible')
    expect(read('20011980')).toBe('1980-1-20')
  })
  it.each(['1/2/80', '01-02-80', '010280'])('%s has a year of two digits', typed =>
    expect(read(typed)).toBe('date-two-digit-year'),
  )
  it.each(['hier', '1980', '1//1980', '01/02/19801', "1/2/1980'; --", '*'])('%s has no known form', typed =>
    expect(read(typed)).toBe('date-form'),
  )
  it('an empty field is missing', () => expect(read('  ')).toBe('date-missing'))
})

it('two dates are the same when day, month and year agree', () => {
  expect(sameBirthDate({ year: 1980, month: 2, day: 1 }, { year: 1980, month: 2, day: 1 })).toBe(true)
  expect(sameBirthDate({ year: 1980, month: 0, day: 0 }, { year: 1980, month: 2, day: 1 })).toBe(false)
})
