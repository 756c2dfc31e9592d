import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BrowserUser,
  demoPerson,
  fold,
  hasChromium,
  launchChromium,
  type NumberName,
  openBrowserUser,
  overflows,
} from '../world/browser.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
  { directory: 'slapd', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]

/** Every population with every kind of number it may use, and joker answers as people type them. */
const crowdMembers: readonly [
  login: string,
  kind: NumberName,
  card: string,
  answer: string,
  password: string,
][] = [
  ['clefevre', 'staff-number', 'Numéro personnel', 'FÉLIX', 'Tr0mbone&Cascade-3'],
  ['ybenali', 'student-number', 'Numéro étudiant', 'saint amand les eaux', 'Gr4nit_Boussole/7'],
  ['ybenali', 'ine', 'INE', 'Saint-Amand-les-Eaux', 'Nuage+Pivoine.42'],
  ['odubois', 'uid', 'UID', "l'etranger", 'Violon;Marée=19'.replace('é', 'e')],
]

const opens = async (fixture: PortalFixture, login: string, password: string) => {
  const { application } = fixture
  const found = await application.directory.findLogin(demoPerson(login).numbers.uid ?? login)
  const fallback = found.ok && !found.person ? await application.directory.findLogin(login) : found
  if (!fallback.ok || !fallback.person) throw new Error(`${login} is not in the directory`)
  return (await application.directory.bind(fallback.person.id, password)).ok
}

describe.skipIf(!hasChromium() && process.env.CI !== 'true').each(kinds.filter(available))(
  'mot de passe oublié, on $directory and $store',
  kind => {
    let fixture: PortalFixture
    let browser: Browser
    beforeAll(async () => {
      fixture = await startPortal({ ...kind, hashing: 'real' })
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      await fixture?.stop()
    })

    /** Checks a page: no sideways scrolling, no axe fault, the progress in words. */
    const look = async (visitor: BrowserUser, percent: string | null) => {
      // The page does not depend on the servers, so axe checks it once with and once without scripts.
      if (kind.directory === 'embedded' && kind.store === 'SQLite')
        expect(await visitor.axeFaults()).toEqual([])
      expect(await overflows(visitor.page)).toBe(false)
      if (percent) expect(fold(await visitor.page.locator('.steps b').innerText())).toBe(percent)
    }

    /** With scripts the receipt refreshes itself; without them its link reloads it. */
    const receiptShows = async ({ page, text }: BrowserUser, proofs: number, live: boolean) => {
      await expect
        .poll(
          async () => {
            const again = page.getByRole('link', { name: 'Actualiser le reçu' })
            if (!live && (await again.count()) > 0) await again.click()
            return (await text()).match(/Prouvé à/g)?.length
          },
          { interval: 100 },
        )
        .toBe(proofs)
      expect(await page.getByRole('link', { name: 'Actualiser le reçu' }).count()).toBe(0)
    }

    const walk = async (visitor: BrowserUser, crowdMember: (typeof crowdMembers)[number]) => {
      const [login, number, card, answer, password] = crowdMember
      const who = demoPerson(login)
      const { page } = visitor
      await visitor.open('/connexion')
      await visitor.follow('Mot de passe oublié ?')
      await look(visitor, null)
      await visitor.follow(/^Récupérer mon mot de passe/)
      await look(visitor, null)
      await page.getByRole('heading', { name: card, exact: true }).click()
      await look(visitor, '25 %')
      await page.locator('#numero').fill(` ${who.numbers[number]?.toLowerCase()} `)
      await page.locator('#naissance').fill(who.typedDate)
      await visitor.submit()
      await look(visitor, '50 %')
      await visitor.answer(answer)
      await look(visitor, '75 %')
      await visitor.choose(password)
      await look(visitor, '100 %')
      return visitor.text()
    }

    describe.each([
      { scripts: 'on', options: { viewport: { width: 320, height: 640 } } },
      { scripts: 'off', options: { javaScriptEnabled: false, colorScheme: 'dark' as const } },
    ])('scripts $scripts', ({ scripts, options }) => {
      it.each(crowdMembers)('%s, by %s, is led to a password that opens', async (...crowdMember) => {
        const [login, , , , base] = crowdMember
        const password = scripts === 'on' ? base : `${base}b`
        const visitor = await openBrowserUser(browser, fixture.url, options)
        const [who, number, card, answer] = crowdMember
        const text = await walk(visitor, [who, number, card, answer, password])
        expect(text).toContain(
          'Votre mot de passe a bien été modifié, vous recevrez également un mail de confirmation sur votre boite mail.',
        )
        expect(text).toMatch(/CAS, ENT .* Prouvé à \d\d:\d\d:\d\d/)
        await receiptShows(visitor, kind.directory === 'embedded' ? 4 : 1, scripts === 'on')
        expect(await opens(fixture, login, password)).toBe(true)
        expect(await opens(fixture, login, demoPerson(login).password ?? '')).toBe(false)
        expect(visitor.faults).toEqual([])
        await visitor.leave()
      })
    })

    it('notifies every known address, in mails with « Ce n’est pas moi »', async () => {
      const { read } = fixture.application.store
      await expect
        .poll(async () => (await read.selectFrom('demo_mails').selectAll().execute()).length)
        .toBeGreaterThanOrEqual(crowdMembers.length)
      const mails = await read.selectFrom('demo_mails').selectAll().execute()
      const recipients = new Set(mails.map(({ recipient }) => recipient.split('@')[0]))
      expect([...recipients]).toEqual(expect.arrayContaining(['clefevre', 'ybenali', 'odubois']))
      for (const { body } of mails) expect(fold(body)).toContain("Ce n'est pas moi")
    })
  },
)
