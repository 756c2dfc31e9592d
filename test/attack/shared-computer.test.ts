import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { days } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/**
 * On a shared computer the known-browser cookie of another person is still in the browser. An attacker there tries dates of birth
 * for that person's number: the answers must not reveal which date is right.
 */
const limits = {
  ...unlimited,
  ...unlimitedJourneys,
  identificationPerNumber: 1e6,
}
const stores = ['SQLite', 'PostgreSQL'] as const

describe.each(stores.map(store => ({ directory: 'embedded', store }) as const).filter(available))(
  'a known browser of another person, on $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      const config = { trustedProxies: ['127.0.0.1'], limits: { ...limits, jokerWrongPerNetwork: 40 } }
      fixture = await startPortal({ ...kind, clock, hashing: quickHashing(), crowd: 4, config })
    })
    afterAll(() => fixture?.stop())
    beforeEach(() => clock.forward(days(3)))

    let network = 0
    /** Signs in and out: the known-browser cookie stays for a year. */
    const known = async (index: number) => {
      const person = fixture.crowd[index]
      if (!person) throw new Error('the crowd is too small')
      network += 1
      const visitor = newVisitor(fixture.url, { 'x-forwarded-for': `203.0.${network}.9` })
      await visitor.signIn(person.login, person.initialPassword)
      visitor.cookies.delete('__Host-session')
      expect(visitor.cookies.has('__Host-known')).toBe(true)
      return { visitor, person }
    }
    type Known = Awaited<ReturnType<typeof known>>

    /** Gives this many wrong answers, each in a new journey or all in one, then views the page. */
    const seenOf = async ({ visitor, person }: Known, date: string, tries: number, anew = false) => {
      const seen: string[] = []
      const begin = () => visitor.identify('numero-personnel', person.number, date)
      await begin()
      for (let tried = 0; tried < tries; tried += 1) {
        if (anew) await begin()
        const { status, html } = await visitor.answer(`faux ${tried}`)
        const text = textOf(html)
          .replace(/[«“].*?[»”]/g, '')
          .replace(/\d\d:\d\d/g, 'HOUR')
        seen.push(`${status} ${text}`)
      }
      const { html } = await visitor.get('/fr/mot-de-passe/question-joker')
      return [...seen, html.includes('name="reponse"') ? 'open' : 'closed']
    }
    const other = (date: string) => (date === '1/2/1980' ? '2/2/1980' : '1/2/1980')

    it.each([
      ['in one journey', false],
      ['each in a journey of its own', true],
    ])('wrong answers %s: the right date closes as any other does', async (_, anew) => {
      const one = await known(0)
      const right = await seenOf(one, one.person.date, 4, anew)
      const wrong = await seenOf(one, other(one.person.date), 4, anew)
      expect(right).toEqual(wrong)
      expect(right[0]).toContain('Il vous reste 2 essais')
      expect(right.at(-1)).toBe('closed')
    })

    it('and what closed there is open elsewhere, with what strangers have left of their tries', async () => {
      const one = await known(1)
      await seenOf(one, other(one.person.date), 3)
      const stranger = { ...one, visitor: newVisitor(fixture.url, { 'x-forwarded-for': '198.51.100.7' }) }
      const seen = await seenOf(stranger, other(one.person.date), 2)
      expect(seen[0]).toContain('Cette réponse ne correspond pas')
      expect(seen.at(-1)).toBe('closed')
    })

    it('where the network gave too many wrong answers, the right date is refused as any other is', async () => {
      const one = await known(2)
      const beside = () => newVisitor(fixture.url, { 'x-forwarded-for': `203.0.${network}.8` })
      for (let flooded = 0; flooded < 10; flooded += 1) {
        const visitor = beside()
        await visitor.identify('numero-personnel', `99${flooded}`, '1/2/1980')
        for (let tried = 0; tried < 4; tried += 1) await visitor.answer(`faux ${tried}`)
      }
      const statusOf = async ({ visitor, person }: Known, date: string) => {
        await visitor.identify('numero-personnel', person.number, date)
        return (await visitor.answer('faux')).status
      }
      expect(await statusOf({ ...one, visitor: beside() }, one.person.date)).toBe(429)
      const statuses: number[] = []
      for (const date of ['3/3/1981', '4/4/1982', one.person.date, '5/5/1983', one.person.date])
        statuses.push(await statusOf(one, date))
      expect(statuses).toEqual([422, 422, 422, 429, 429])
    })
  },
)
