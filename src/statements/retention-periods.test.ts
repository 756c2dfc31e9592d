import { expect, it } from 'vitest'
import { transientTables } from '../store/backup.ts'
import { categoryOfTable } from './retention-periods.ts'

it('no backup gives a session or a sign-in back, nor what belongs to one', () => {
  const given = Object.entries(categoryOfTable).filter(
    ([table, category]) =>
      ['sessions', 'sign-ins', 'browsers', 'not-me', 'journey', 'codes'].includes(category) &&
      !transientTables.some(one => one === table),
  )
  expect(given).toEqual([])
})
