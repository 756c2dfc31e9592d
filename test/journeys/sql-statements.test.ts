import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CountedApplication, openCountedApplication } from '../world/counted-application.ts'
import type { CrowdMember } from '../world/crowd.ts'
import { countJokerJourney, countPasswordWrite, countWrongAnswer, totalOf } from '../world/joker-journey.ts'
import { migratedDatabase } from '../world/postgres.ts'
import { storeFlavours } from '../world/stores.ts'

/** The statements of each request of a first journey, and its transactions. An increase needs a reason. */
const expected = [
  { request: 'POST identification', statements: 9, transactions: 2 },
  { request: 'GET joker', statements: 3, transactions: 0 },
  { request: 'POST joker', statements: 11, transactions: 1 },
  { request: 'GET new password', statements: 1, transactions: 0 },
  { request: 'POST new password', statements: 28, transactions: 4 },
  { request: 'GET done', statements: 3, transactions: 0 },
]

describe.each(storeFlavours.filter(({ available }) => available))(
  'the SQL statements on $flavour',
  ({ flavour }) => {
    let application: CountedApplication
    let crowd: readonly CrowdMember[]
    beforeAll(async () => {
      const databaseUrl = flavour === 'PostgreSQL' ? await migratedDatabase(inject('postgres')) : undefined
      application = await openCountedApplication({ databaseUrl, crowd: 4 })
      crowd = application.crowd
    })
    afterAll(() => application.close())
    const member = (index: number) => {
      const found = crowd[index]
      if (!found) throw new Error(`no member ${index} of the crowd`)
      return found
    }

    it('of a whole joker journey are at most 55, in 8 transactions, for a person without a history', async () => {
      const requests = await countJokerJourney(application, member(0), 'Tr0mbone&Cascade-1')
      expect(requests.map(one => ({ request: one.request, ...totalOf([one]) }))).toEqual(expected)
      const { statements, transactions } = totalOf(requests)
      expect(statements).toBeLessThanOrEqual(55)
      expect(transactions).toBeLessThanOrEqual(8)
    })

    it('of a journey are no more for a person who recovered a password before', async () => {
      const again = totalOf(await countJokerJourney(application, member(0), 'Tr0mbone&Cascade-2'))
      expect(again.statements).toBeLessThanOrEqual(55)
      expect(again.transactions).toBeLessThanOrEqual(8)
    })

    it('of a write of a password are at most 12, in 2 transactions, however often the password was changed', async () => {
      for (let index = 0; index < 5; index += 1)
        await countPasswordWrite(application, member(1), `Tr0mbone&Cascade-${index}`)
      const write = await countPasswordWrite(application, member(1), 'Tr0mbone&Cascade-9')
      expect(write.statements.length, write.statements.join('\n')).toBeLessThanOrEqual(12)
      expect(write.transactions).toBeLessThanOrEqual(2)
    })

    it('are the same for a number that nobody has, and for a wrong date of birth, until the proof', async () => {
      const { number, date } = member(2)
      const typed = [
        { number, date },
        { number: '999999', date },
        { number, date: '3/4/1981' },
      ]
      // Before the first event of a rolling chain, its head is read: which chain it is depends on a key alone.
      for (const one of typed) await countWrongAnswer(application, one)
      const [known, unknown, wrongDate] = [
        await countWrongAnswer(application, { number, date }),
        await countWrongAnswer(application, { number: '999999', date }),
        await countWrongAnswer(application, { number, date: '3/4/1981' }),
      ]
      expect(unknown).toEqual(known)
      expect(wrongDate).toEqual(known)
    })
  },
)
