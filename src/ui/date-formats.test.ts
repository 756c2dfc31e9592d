import { expect, it } from 'vitest'
import { hours, minutes } from '../clock.ts'
import { sayIn } from '../texts/texts.ts'
import { createDateFormats } from './date-formats.ts'

const first = Date.UTC(2026, 11, 1, 13, 5)

it.each([
  ['fr', '1er décembre 2026 à 14:05', '1er décembre 2026 à 14 h 05'],
  ['en', '1 December 2026 at 14:05', '1 December 2026 at 14:05'],
] as const)('in %s the first of a month is written as the language does', (language, dateTime, moment) => {
  const formats = createDateFormats(language, 'Europe/Paris', sayIn(language))
  const plain = (text: string) => text.replace(/\s/g, ' ')
  expect(plain(formats.dateTime(first))).toBe(dateTime)
  expect(plain(formats.moment(first))).toBe(moment)
})

it('a day stays on one line with its month', () => {
  for (const language of ['fr', 'en'] as const)
    for (const at of [first, Date.UTC(2026, 11, 24, 13, 5)])
      expect(createDateFormats(language, 'Europe/Paris', sayIn(language)).dateTime(at)).toMatch(
        /^\d+(er)?\u00a0\p{L}+ 2026 /u,
      )
})

it.each([
  [0, 'à l’instant', 'just now'],
  [minutes(5), 'il y a 5 minutes', '5 minutes ago'],
  [hours(1), 'il y a 1 heure', '1 hour ago'],
  [hours(23), 'il y a 23 heures', '23 hours ago'],
])('%i milliseconds ago', (milliseconds, french, english) => {
  expect(createDateFormats('fr', 'UTC', sayIn('fr')).ago(milliseconds).replace(/\s/g, ' ')).toBe(french)
  expect(createDateFormats('en', 'UTC', sayIn('en')).ago(milliseconds)).toBe(english)
})
