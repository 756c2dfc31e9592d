import { expect, it } from 'vitest'
import { hours, minutes } from '../clock.ts'
import { defaultLimits } from '../limits/limits.ts'
import { transientTables } from '../store/backup.ts'
import { categoryOfTable, retentionPeriods } from './retention-periods.ts'

it('no backup gives a session or a sign-in back, nor what belongs to one', () => {
  const given = Object.entries(categoryOfTable).filter(
    ([table, category]) =>
      ['sessions', 'sign-ins', 'browsers', 'not-me', 'journey', 'codes'].includes(category) &&
      !transientTables.some(one => one === table),
  )
  expect(given).toEqual([])
})

it.each([
  { codeLife: minutes(10), helpdeskCode: hours(1), kept: hours(1) },
  { codeLife: hours(2), helpdeskCode: hours(1), kept: hours(2) },
])('codes are kept for as long as the one that lives longest: $kept', ({ kept, ...lives }) => {
  expect(retentionPeriods({ ...defaultLimits, ...lives }).codes.duration).toEqual({ long: kept })
})
