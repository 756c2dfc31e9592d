import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { available, type Rig, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/**
 * « Jusqu'au … »: the time at which a name opens again is told to whoever asks. To strangers it must say nothing of the
 * owner, to the owner it must be true: who mistypes is not somebody whom strangers make wait.
 */
const limits = { postsPerSecond: 1e6, postsPerSecondPerNetwork: 1e6, signInPerNetwork: 1e6 }
const stores = ['SQLite', 'PostgreSQL'] as const

describe.each(stores.map(store => ({ directory: 'embedded', store }) as const).filter(available))(
  'until when a name is closed, on $store',
  kind => {
    let rig: Rig
    const clock = movableClock()
    beforeAll(async () => {
      rig = await startPortal({ ...kind, clock, config: { trustedProxies: ['127.0.0.1'], limits } })
    })
    afterAll(() => rig?.stop())

    let networks = 0
    const stranger = () => {
      networks += 1
      return newVisitor(rig.url, { 'x-forwarded-for': `203.${networks >> 8}.${networks & 255}.9` })
    }
    const known = async (login: string, password: string) => {
      const visitor = stranger()
      expect((await visitor.signIn(login, password)).location).toBe('/fr/compte')
      visitor.cookies.delete('__Host-session')
      return visitor
    }

    type Answered = { readonly status: number; readonly html: string }
    /** Minutes of the day; `null`: a password was judged. */
    const toldBy = ({ status, html }: Answered) => {
      const [, hour, minute] = /jusqu'au \d+ \p{L}+ \d{4} à (\d\d):(\d\d)/u.exec(textOf(html)) ?? []
      if (status === 422) return null
      return Number(hour) * 60 + Number(minute)
    }
    const fill = async (login: string, visitor = stranger) => {
      for (let tried = 0; tried < 8; tried += 1) {
        const told = toldBy(await visitor().signIn(login, `Faux-${tried}`))
        if (told !== null) return told
      }
      throw new Error(`${login} does not close`)
    }
    /** A second may turn its minute between two looks. */
    const alike = (one: number | null, other: number | null) =>
      expect(Math.abs((one ?? -9) - (other ?? -9))).toBeLessThanOrEqual(1)

    it('strangers are told the same of somebody who mistypes meanwhile as of nobody, and it opens alike', async () => {
      const owner = await known('nhaddad', 'Bienvenue!2026n')
      const [somebody, nobody] = ['nhaddad', 'nhaddid']
      alike(await fill(somebody), await fill(nobody))
      clock.forward(minutes(8))
      expect((await owner.signIn(somebody, 'Faute')).status).toBe(422)
      alike(await fill(somebody), await fill(nobody))
      const seen = { somebody: [] as boolean[], nobody: [] as boolean[] }
      for (let minute = 0; minute < 12; minute += 2) {
        clock.forward(minutes(2))
        seen.somebody.push(toldBy(await stranger().signIn(somebody, 'Faux')) === null)
        seen.nobody.push(toldBy(await stranger().signIn(nobody, 'Faux')) === null)
      }
      expect(seen.somebody).toEqual(seen.nobody)
      expect(seen.nobody).toContain(true)
    })

    it('the owner is told a time that strangers do not put off, and is let in then', async () => {
      clock.forward(minutes(40))
      const owner = await known('clefevre', 'Bienvenue!2026c')
      const told = await fill('clefevre', () => owner)
      for (let minute = 0; minute < 15; minute += 3) {
        await stranger().signIn('clefevre', `Faux-${minute}`)
        alike(toldBy(await owner.signIn('clefevre', 'Bienvenue!2026c')), told)
        clock.forward(minutes(3))
      }
      clock.forward(minutes(1))
      expect((await owner.signIn('clefevre', 'Bienvenue!2026c')).location).toBe('/fr/compte')
    })
  },
)
