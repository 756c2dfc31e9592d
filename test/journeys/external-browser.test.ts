import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BrowserUser,
  hasChromium,
  launchChromium,
  openBrowserUser,
  overflows,
} from '../world/browser.ts'
import { type Institution, institutions } from '../world/identity-servers.ts'
import { unlimited } from '../world/limits.ts'

describe.skipIf(!hasChromium() && process.env.CI !== 'true').each(institutions)(
  'in a browser, sign-in through $name',
  ({ start }) => {
    let institution: Institution
    let browser: Browser
    beforeAll(async () => {
      institution = await start({ limits: unlimited })
      browser = await launchChromium()
    }, 120_000)
    afterAll(async () => {
      await browser?.close()
      await institution?.stop()
    })

    const look = async (visitor: BrowserUser) => {
      expect(await visitor.axeFaults(), visitor.path()).toEqual([])
      expect(await overflows(visitor.page), visitor.path()).toBe(false)
    }
    const press = async (visitor: BrowserUser, name: string) => {
      await visitor.page.getByRole('button', { name }).click()
    }
    /** Fills the server's form, and waits for the redirect back. */
    const typeThere = async ({ page }: BrowserUser, login: string) => {
      await page.waitForURL(url => url.origin !== new URL(institution.fixture.url).origin)
      const upgrade = page.locator('#upgrd button')
      if (await upgrade.count()) await upgrade.click()
      await page.locator('input[name=user], input[name=login]').fill(login)
      await page.locator('input[type=password]').fill(institution.passwordOf('Bienvenue!2026c'))
      await page.keyboard.press('Enter')
      await page.waitForURL(url => url.origin === new URL(institution.fixture.url).origin)
    }

    it.each([
      ['on, at 320 px', { viewport: { width: 320, height: 640 } }],
      ['off, at night', { javaScriptEnabled: false, colorScheme: 'dark' as const }],
    ])('goes there and back, confirms, and ends, scripts %s', { timeout: 120_000 }, async (_, options) => {
      const visitor = await openBrowserUser(browser, institution.fixture.url, {
        ignoreHTTPSErrors: true,
        ...options,
      })
      await visitor.open('/fr/compte/sessions')
      expect(visitor.path()).toBe('/fr/connexion/vers/sessions')
      await look(visitor)
      await institution.asOldSignIn(async () => {
        await press(visitor, 'Se connecter')
        await typeThere(visitor, 'clefevre')
      })
      expect(visitor.path()).toBe('/fr/compte/sessions')
      await institution.fixture.application.store.transaction(tx =>
        tx.updateTable('sessions').set({ fresh_until: 0 }).execute(),
      )
      await visitor.open('/fr/compte/adresses')
      expect(visitor.path()).toBe('/fr/connexion/confirmer/adresses')
      await look(visitor)
      await press(visitor, 'Valider')
      await typeThere(visitor, 'clefevre')
      expect(visitor.path()).toBe('/fr/compte/adresses')
      await visitor.open('/fr/deconnexion')
      await press(visitor, 'Se déconnecter')
      await visitor.page.waitForURL('**/deconnexion')
      await look(visitor)
      await visitor.follow(/^Me déconnecter aussi de/)
      // An OpenID provider asks for confirmation; CAS signs out and links back.
      if (institution.kind === 'cas') await visitor.page.waitForURL('**/fr/')
      else await visitor.page.waitForURL('**/session/end?**')
      expect(visitor.faults).toEqual([])
      await visitor.leave()
    })

    it('« Retour » from there leads to our page of sign-in, and is no trap', {
      timeout: 60_000,
    }, async () => {
      const visitor = await openBrowserUser(browser, institution.fixture.url, { ignoreHTTPSErrors: true })
      await visitor.open('/fr/connexion')
      await press(visitor, 'Se connecter')
      await visitor.page.waitForURL(url => url.origin !== new URL(institution.fixture.url).origin)
      await visitor.page.goBack()
      expect(visitor.path()).toBe('/fr/connexion')
      await visitor.leave()
    })
  },
)

const cas = institutions.find(({ name }) => name.startsWith('CAS'))

describe.skipIf(!(cas && hasChromium()) && process.env.CI !== 'true')('the page of LemonLDAP::NG', () => {
  it('shows « Mot de passe oublié ? », which leads here', { timeout: 120_000 }, async () => {
    const institution = await cas?.start({ limits: unlimited })
    if (!institution) throw new Error('no CAS server')
    const browser = await launchChromium()
    const visitor = await openBrowserUser(browser, institution.fixture.url, { ignoreHTTPSErrors: true })
    await visitor.page.goto(`${institution.url}/cas/login?service=https://ent.univ.example/`)
    await visitor.follow('Mot de passe oublié ?')
    await visitor.page.waitForURL(`${institution.fixture.url}/identifiants-oublies`)
    expect(await visitor.heading()).toBe("Qu'avez-vous oublié ?")
    await browser.close()
    await institution.stop()
  })
})
