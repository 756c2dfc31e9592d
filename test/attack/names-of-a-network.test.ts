import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/**
 * The number of logins for which one network may fail is limited. A full limit blocks new browsers of that network: people who
 * mistype and then sign in must not fill it, it must not last, and it must not reveal which logins exist.
 */
const stores = ['SQLite', 'PostgreSQL'] as const
const most = 4

describe.each(stores.map(store => ({ directory: 'embedded', store }) as const).filter(available))(
  'the names that one network may fail for, on $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      const limits = { ...unlimited, failedNamesPerNetwork: most }
      fixture = await startPortal({ ...kind, clock, config: { trustedProxies: ['127.0.0.1'], limits } })
    })
    afterAll(() => fixture?.stop())

    let network = 0
    beforeEach(() => {
      network += 1
    })
    const at = (home: number) => newVisitor(fixture.url, { 'x-forwarded-for': `203.${home}.0.9` })
    const here = (login: string, password: string) => at(network).signIn(login, password)
    let invented = 0
    const invent = async () => {
      invented += 1
      return here(`personne-${invented}`, 'Faux')
    }
    const fill = async () => {
      for (let tried = 0; tried < 3 * most; tried += 1) {
        const refused = await invent()
        if (refused.status === 429) return { names: tried, refused }
      }
      throw new Error('it is never full')
    }

    const people = [
      ['ybenali', 'Bienvenue!2026y'],
      ['clefevre', 'Bienvenue!2026c'],
      ['tpetit', 'Bienvenue!2026t'],
    ] as const

    it('people who mistype and then sign in fill nothing', async () => {
      for (const [login, password] of people) {
        expect((await here(login, 'Faute')).status).toBe(422)
        expect((await here(login, password)).location).toBe('/fr/compte')
      }
      expect((await fill()).names).toBe(most)
      expect((await here('odubois', 'Bienvenue!2026o')).status).toBe(429)
      expect((await at(200 + network).signIn('odubois', 'Bienvenue!2026o')).location).toBe('/fr/compte')
    })

    it('one person who signs in again and again gives one name back', async () => {
      const [login, password] = people[0]
      for (let again = 0; again < 5; again += 1) await here(login, password)
      expect((await fill()).names).toBe(most + 1)
    })

    it('an attacker who fills them blocks the others no longer than a lock-out lasts, and the time shown is true', async () => {
      const { refused } = await fill()
      const wait = Number(refused.headers.get('retry-after'))
      expect(wait).toBeGreaterThan(13 * 60)
      expect(wait).toBeLessThanOrEqual(15 * 60)
      expect(textOf(refused.html)).toMatch(/[Rr]éessayez dans 1[45] minutes/)
      clock.forward((wait - 5) * 1000)
      expect((await here('odubois', 'Bienvenue!2026o')).status).toBe(429)
      clock.forward(5000)
      expect((await here('odubois', 'Bienvenue!2026o')).location).toBe('/fr/compte')
      // Past the daily cap a tenth is left in each interval, and each sign-in from there gives one back.
      expect((await fill()).names).toBeLessThanOrEqual(2)
    })

    it('a known login is treated like an unknown one, whatever its owner does', async () => {
      const roomAfter = async (login: string, owner: (typeof people)[number], home: () => number) => {
        network += 1
        await here(login, 'Faux')
        expect((await at(home()).signIn(owner[0], owner[1])).location).toBe('/fr/compte')
        return (await fill()).names
      }
      clock.forward(minutes(30))
      const elsewhere = () => 250
      expect(await roomAfter('tpetit', people[2], elsewhere)).toBe(most - 1)
      expect(await roomAfter('personne-a', people[2], elsewhere)).toBe(most - 1)
      clock.forward(minutes(30))
      const there = () => network
      const [somebody, nobody] = [
        await roomAfter('tpetit', people[2], there),
        await roomAfter('personne-b', people[2], there),
      ]
      expect(somebody).toBe(nobody)
    })
  },
)
