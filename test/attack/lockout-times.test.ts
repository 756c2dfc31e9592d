import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { enrolApp } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'
import { wrongActivationCode } from '../world/wrong-codes.ts'

/**
 * « Jusqu'au … »: the page shows until when a login is blocked. To strangers the time must reveal nothing about the owner; to the
 * owner it must be true, and strangers must not be able to delay it.
 */
const stores = ['SQLite', 'PostgreSQL'] as const

describe.each(stores.map(store => ({ directory: 'embedded', store }) as const).filter(available))(
  'the time until which a login is blocked, on $store',
  kind => {
    let fixture: PortalFixture
    const clock = movableClock()
    beforeAll(async () => {
      fixture = await startPortal({
        ...kind,
        clock,
        config: { trustedProxies: ['127.0.0.1'], limits: unlimited },
      })
    })
    afterAll(() => fixture?.stop())

    let networks = 0
    const stranger = () => {
      networks += 1
      return newVisitor(fixture.url, { 'x-forwarded-for': `203.${networks >> 8}.${networks & 255}.9` })
    }
    const known = async (login: string, password: string) => {
      const visitor = stranger()
      expect((await visitor.signIn(login, password)).location).toBe('/fr/compte')
      visitor.cookies.delete('__Host-session')
      return visitor
    }

    type ObservedAnswer = { readonly status: number; readonly html: string }
    /** The time shown, in minutes of the day; `null` when a password was judged. */
    const shownTimeIn = ({ status, html }: ObservedAnswer) => {
      const [, hour, minute] = /jusqu'au \d+(?:er)?\s\p{L}+\s\d{4}\sà (\d\d):(\d\d)/u.exec(textOf(html)) ?? []
      if (status === 422) return null
      return Number(hour) * 60 + Number(minute)
    }
    const fill = async (login: string, visitor = stranger) => {
      for (let tried = 0; tried < 8; tried += 1) {
        const shownTime = shownTimeIn(await visitor().signIn(login, `Faux-${tried}`))
        if (shownTime !== null) return shownTime
      }
      throw new Error(`${login} does not close`)
    }
    /** The minute may change between two requests. */
    const alike = (one: number | null, other: number | null) =>
      expect(Math.abs((one ?? -9) - (other ?? -9))).toBeLessThanOrEqual(1)

    it('strangers see the same time for a known person who mistypes as for an unknown one, and both end alike', async () => {
      const owner = await known('nhaddad', 'Bienvenue!2026n')
      const [somebody, nobody] = ['nhaddad', 'nhaddid']
      alike(await fill(somebody), await fill(nobody))
      clock.forward(minutes(8))
      expect((await owner.signIn(somebody, 'Faute')).status).toBe(422)
      alike(await fill(somebody), await fill(nobody))
      const seen = { somebody: [] as boolean[], nobody: [] as boolean[] }
      for (let minute = 0; minute < 12; minute += 2) {
        clock.forward(minutes(2))
        seen.somebody.push(shownTimeIn(await stranger().signIn(somebody, 'Faux')) === null)
        seen.nobody.push(shownTimeIn(await stranger().signIn(nobody, 'Faux')) === null)
      }
      expect(seen.somebody).toEqual(seen.nobody)
      expect(seen.nobody).toContain(true)
    })

    it('the owner is shown a time that strangers cannot delay, and can sign in then', async () => {
      clock.forward(minutes(40))
      const owner = await known('clefevre', 'Bienvenue!2026c')
      const shownTime = await fill('clefevre', () => owner)
      for (let minute = 0; minute < 15; minute += 3) {
        await stranger().signIn('clefevre', `Faux-${minute}`)
        alike(shownTimeIn(await owner.signIn('clefevre', 'Bienvenue!2026c')), shownTime)
        clock.forward(minutes(3))
      }
      clock.forward(minutes(1))
      expect((await owner.signIn('clefevre', 'Bienvenue!2026c')).location).toBe('/fr/compte')
    })

    it('codes of an app: the wait shown is the shorter or the longer one, for right and wrong codes, and it is true', async () => {
      clock.forward(minutes(40))
      const [login, password] = ['ybenali', 'Bienvenue!2026y']
      const owner = stranger()
      await owner.signIn(login, password)
      const { app } = await enrolApp(owner, clock.now)
      clock.forward(minutes(2))
      // Tries on both sides of a boundary of the limiter's slices stop to count at two times, and the next round has fewer.
      const slice = fixture.application.limits.factorWindow / 10
      clock.forward(slice - (clock.now() % slice) + 1000)
      const path = '/fr/connexion/second-element/compte'
      const give = async (code: string) => {
        const visitor = stranger()
        await visitor.signIn(login, password)
        return visitor.post(path, { code })
      }
      /** Minutes from now until codes are judged again. */
      const waits = async (code: string) => {
        const text = textOf((await give(code)).html)
        const [, date, month, year, time] =
          /ne sont plus vérifiés jusqu'au (\d+)(?:er)? (\p{L}+) (\d{4}) à (\d\d:\d\d)/u.exec(text) ?? []
        const of = (at: number) =>
          new Intl.DateTimeFormat('fr-FR', {
            dateStyle: 'long',
            timeStyle: 'short',
            timeZone: 'Europe/Paris',
          }).format(at)
        const shownTime = `${date} ${month} ${year} à ${time}`
        for (let minute = 0; minute < 25 * 60; minute += 1)
          if (of(clock.now() + minutes(minute)) === shownTime) return minute
        throw new Error(`not within a day: ${shownTime}`)
      }
      for (let round = 0; round < 4; round += 1) {
        for (let tried = 0; tried < 5; tried += 1) await give('000000')
        const wait = await waits('000000')
        alike(await waits(app(clock.now())), wait)
        if (round < 3) expect(wait).toBeLessThanOrEqual(16)
        else expect(wait).toBeGreaterThan(20 * 60)
        clock.forward(minutes(round < 3 ? wait : wait + 1))
      }
      expect((await give(app(clock.now()))).location).toBe('/fr/compte')
    })

    it('a pending sign-in with ten refused answers says to begin again', async () => {
      const visitor = stranger()
      await visitor.signIn('ybenali', 'Bienvenue!2026y')
      const shownTime: string[] = []
      for (let tried = 0; tried < 10; tried += 1) {
        const { html } = await visitor.post('/fr/connexion/second-element/compte', {
          code: 'AAAA-BBBB-CCCC-DDDD',
        })
        shownTime.push(textOf(html))
      }
      expect(shownTime[8]).toContain('Ce code ne correspond pas, ou il a déjà servi')
      expect(shownTime[9]).toContain("Il y a eu trop d'essais ici. Recommencez depuis le début.")
    })

    it('an activation code: the right one is answered alike, and further tries delay nothing', async () => {
      const at = (page: string) => `/fr/activation/${page}`
      const visitor = stranger()
      const number = { numero: '22609431', naissance: '29/02/2008' }
      await visitor.post(at('identification/numero-etudiant'), number)
      const type = async (code: string) => visitor.send(at('code'), { code })
      for (let tried = 0; tried < 9; tried += 1) await type(wrongActivationCode(tried))
      const spent = "Aucun code n'est accepté jusqu'au"
      const until = async (code: string) => {
        const text = textOf((await type(code)).html)
        expect(text).toContain(spent)
        expect(text).not.toContain('Ce code ne correspond pas')
        return /accepté jusqu'au .*? à \d\d:\d\d [\s\S]*même le bon code est refusé/.exec(text)?.[0]
      }
      const first = await until(wrongActivationCode(9))
      expect(await until('DEMA-RRER-SESA-ME26')).toBe(first)
      clock.forward(minutes(10))
      for (let tried = 10; tried < 15; tried += 1) expect(await until(wrongActivationCode(tried))).toBe(first)
      clock.forward(minutes(52))
      await visitor.post(at('identification/numero-etudiant'), number)
      expect((await type('DEMA-RRER-SESA-ME26')).location).toBe(at('mot-de-passe'))
    })
  },
)
