import { ok, type Result, refused } from '../result.ts'
import { unified } from '../texts/unified.ts'
import type { BirthDate, Person } from './directory.ts'

export const dateReasons = ['date-missing', 'date-form', 'date-two-digit-year', 'date-impossible'] as const
export type DateReason = (typeof dateReasons)[number]

const oldestYear = 1900

const dateFormats: readonly { pattern: RegExp; order: readonly ['day' | 'year', 'month', 'day' | 'year'] }[] =
  [
    { pattern: /^(\d{1,2})[/\-. ](\d{1,2})[/\-. ](\d{4})$/, order: ['day', 'month', 'year'] },
    { pattern: /^(\d{4})-(\d{1,2})-(\d{1,2})$/, order: ['year', 'month', 'day'] },
    // Eight digits begin with the day, never with the year: 20011980 would be ambiguous.
    { pattern: /^(\d{2})(\d{2})(\d{4})$/, order: ['day', 'month', 'year'] },
  ]

const twoDigitYear = /^(\d{1,2})[/\-. ](\d{1,2})[/\-. ](\d{2})$|^\d{6}$/

const daysIn = (month: number, year: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** A day or a month of 00 is one that the civil registry does not know. */
export const isPossibleBirthDate = ({ year, month, day }: BirthDate, today: Date) => {
  if (year < oldestYear || month > 12) return false
  if (day > (month === 0 ? 31 : daysIn(month, year))) return false
  return Date.UTC(year, Math.max(month, 1) - 1, Math.max(day, 1)) <= today.getTime()
}

/**
 * Parses a date as people type it: 1/2/1980, 01-02-1980, 01.02.1980, 01 02 1980, 01021980, 1980-02-01. A refusal
 * depends on the input alone, so that it reveals nothing about the person.
 */
export const parseBirthDate = (typed: string, today: Date): Result<{ date: BirthDate }, DateReason> => {
  const text = unified(typed)
    .replace(/\s*([/\-.])\s*/g, '$1')
    .replace(/\s+/g, ' ')
  if (text === '') return refused('date-missing')
  if (twoDigitYear.test(text)) return refused('date-two-digit-year')
  for (const { pattern: shape, order } of dateFormats) {
    const match = shape.exec(text)
    if (!match) continue
    const date = { year: 0, month: 0, day: 0 }
    order.forEach((part, index) => {
      date[part] = Number(match[index + 1])
    })
    return isPossibleBirthDate(date, today) ? ok({ date }) : refused('date-impossible')
  }
  return refused('date-form')
}

export const sameBirthDate = (a: BirthDate, b: BirthDate) =>
  a.year === b.year && a.month === b.month && a.day === b.day

/** Whether this is the person's date of birth, whether the directory holds it or the store a digest. */
export const isBornOn = (
  { birthDate, birthDateDigest }: Pick<Person, 'birthDate' | 'birthDateDigest'>,
  date: BirthDate,
) => (birthDateDigest ? birthDateDigest.isOn(date) : birthDate !== null && sameBirthDate(date, birthDate))
