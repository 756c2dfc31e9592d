import { readFileSync } from 'node:fs'
import { Secret, TOTP } from 'otpauth'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BrowserUser,
  demoPerson,
  hasChromium,
  launchChromium,
  openBrowserUser,
  overflows,
} from '../world/browser.ts'
import { unlimited } from '../world/limits.ts'
import { withPasskeys } from '../world/passkeys.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

const small = { viewport: { width: 320, height: 640 } }

describe.skipIf(!hasChromium() && process.env.CI !== 'true')(
  'second factors in a browser',
  {
    timeout: 300_000,
  },
  () => {
    let fixture: PortalFixture
    let browser: Browser
    let base: string
    beforeAll(async () => {
      const config = { limits: unlimited }
      fixture = await startPortal({ directory: 'embedded', store: 'SQLite', config })
      base = fixture.url.replace('127.0.0.1', 'localhost')
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      await fixture?.stop()
    })

    const press = async ({ page }: BrowserUser, name: string) => {
      const loaded = page.waitForEvent('domcontentloaded')
      await page.getByRole('button', { name, exact: true }).first().click()
      await loaded
    }
    /** A sheet needs eight hashes, which on a busy machine takes longer than the usual time-out of a page. */
    const someone = async (at: string, options: BrowserContextOptions = {}) => {
      const person = await openBrowserUser(browser, at, options)
      person.page.setDefaultTimeout(60_000)
      return person
    }
    const signIn = async (person: BrowserUser, login: string, path = '/fr/connexion') => {
      await person.open(path)
      await person.page.locator('#identifiant').fill(login)
      await person.page.locator('#motdepasse').fill(demoPerson(login).password ?? '')
      await press(person, 'Se connecter')
    }
    const isFine = async (person: BrowserUser) => {
      expect(await overflows(person.page), person.path()).toBe(false)
      expect(person.faults).toEqual([])
    }
    const codeOf = (letters: string) =>
      new TOTP({ secret: Secret.fromBase32(letters.replace(/\s/g, '')), digits: 6 }).generate()

    it('a passkey is made, tried, and signs in alone, at 320 px and with the keyboard', async () => {
      const person = await someone(base, small)
      await withPasskeys(person)
      await signIn(person, 'odubois', '/fr/connexion/vers/cles-d-acces')
      await isFine(person)
      await press(person, 'Ajouter une clé d’accès')
      await isFine(person)
      expect(await person.page.locator('#nom').inputValue()).not.toBe('')
      await person.page.locator('#nom').fill('Téléphone')
      const made = person.page.waitForURL(/essai$/)
      await person.page.keyboard.press('Enter')
      await made
      await isFine(person)
      const tried = person.page.waitForURL(/cles-d-acces$/)
      await person.page.getByRole('button', { name: /Utiliser ma clé/ }).click()
      await tried
      expect(await person.text()).toContain('Téléphone')
      await isFine(person)

      await person.page.goto(`${base}/fr/deconnexion`)
      await press(person, 'Se déconnecter')
      await person.open('/fr/connexion')
      await isFine(person)
      await press(person, 'Se connecter avec une clé d’accès')
      await isFine(person)
      const signedIn = person.page.waitForURL(/\/fr\/compte/)
      await person.page.getByRole('button', { name: /Utiliser ma clé/ }).focus()
      await person.page.keyboard.press('Enter')
      await signedIn
      await person.open('/fr/compte/sessions')
      expect(await person.heading()).toBe('Mes sessions')
      await person.leave()
    })

    it('where a passkey was used before, the browser proposes it among the logins that it fills in', async () => {
      const person = await someone(base, small)
      await withPasskeys(person)
      const asked: string[] = []
      person.page.on('request', request => {
        if (request.method() === 'POST') asked.push(new URL(request.url()).pathname)
      })
      await person.open('/fr/connexion')
      await person.page.locator('#identifiant').focus()
      await signIn(person, 'tpetit', '/fr/connexion/vers/cles-d-acces')
      expect(asked, 'no challenge is asked for before').toEqual(['/fr/connexion/vers/cles-d-acces'])
      await press(person, 'Ajouter une clé d’accès')
      await person.page.locator('#nom').fill('Ordinateur')
      const made = person.page.waitForURL(/essai$/)
      await person.page.keyboard.press('Enter')
      await made
      const tried = person.page.waitForURL(/cles-d-acces$/)
      await person.page.getByRole('button', { name: /Utiliser ma clé/ }).click()
      await tried
      await person.page.goto(`${base}/fr/deconnexion`)
      await press(person, 'Se déconnecter')

      await person.open('/fr/connexion')
      const signedIn = person.page.waitForURL(/\/fr\/compte/)
      await person.page.locator('#identifiant').focus()
      await signedIn
      await isFine(person)
      await person.leave()
    })

    it('a passkey works after the joker too, and a device without one is told what to do', async () => {
      const person = await someone(base)
      await withPasskeys(person)
      await person.prove('odubois', 'uid')
      expect(person.path()).toBe('/fr/mot-de-passe/second-element')
      expect(await person.text()).toContain("Contactez l'assistance")
      await isFine(person)
      await press(person, 'Utiliser ma clé d’accès')
      await isFine(person)
      const failed = person.page.locator('#cle-echec')
      await person.page.getByRole('button', { name: /Utiliser ma clé/ }).click()
      await failed.waitFor({ state: 'visible' })
      expect(await failed.innerText()).toContain('Réessayez')
      // A state that only scripts reach; all others are checked in test/pages/.
      expect(await person.axeFaults()).toEqual([])
      await isFine(person)
      await person.leave()
    })

    it.each([
      ['with scripts', {}],
      ['without scripts', { javaScriptEnabled: false }],
    ] as const)('an app and a sheet are put in service and asked for, %s', async (_, options) => {
      const login = 'javaScriptEnabled' in options ? 'ybenali' : 'clefevre'
      const person = await someone(base, { ...small, ...options })
      await signIn(person, login, '/fr/connexion/vers/application')
      await isFine(person)
      await press(person, 'Commencer')
      await isFine(person)
      const letters = await person.page.locator('.letters').innerText()
      await person.page.locator('#code').fill('12')
      await person.submit()
      expect(await person.text()).toContain('Saisissez les 6 chiffres')
      await isFine(person)
      await person.page.locator('#code').fill(codeOf(letters))
      await person.submit()
      expect(await person.text()).toContain('en service depuis')

      await person.open('/fr/compte/codes-de-secours')
      await isFine(person)
      await press(person, 'Créer une feuille')
      const codes = await person.page.locator('.sheet li').allInnerTexts()
      expect(codes).toHaveLength(8)
      await isFine(person)
      await person.page.locator('#code').fill(codes[0] ?? '')
      await person.submit()
      expect(await person.text()).toContain('Il vous reste 7 codes')
      await isFine(person)

      const stranger = await someone(base, { ...small, ...options })
      await signIn(stranger, login)
      expect(await stranger.heading()).toBe("Confirmez que c'est vous")
      await isFine(stranger)
      await stranger.page.locator('#code').fill('000000')
      await stranger.submit()
      expect(await stranger.text()).toContain('Ce code ne correspond pas')
      await isFine(stranger)
      await stranger.page.locator('#code').fill((codes[1] ?? '').toLowerCase())
      await stranger.submit()
      await stranger.open('/fr/compte/sessions')
      expect(await stranger.heading()).toBe('Mes sessions')
      await person.leave()
      await stranger.leave()
    })

    it('the printed page contains the codes and no controls', async () => {
      const person = await someone(base)
      await signIn(person, 'nhaddad', '/fr/connexion/vers/codes-de-secours')
      await press(person, 'Créer une feuille')
      await person.page.emulateMedia({ media: 'print' })
      expect(await person.page.locator('.sheet li').first().isVisible()).toBe(true)
      for (const hidden of ['form', 'button', '.menu'])
        for (const one of await person.page.locator(hidden).all()) expect(await one.isVisible()).toBe(false)
      await person.leave()
    })

    it('the key of an app is copied in one piece, and opens in the app of the same telephone', async () => {
      const permissions = ['clipboard-read', 'clipboard-write']
      const person = await someone(base, { ...small, permissions })
      await signIn(person, 'nhaddad', '/fr/connexion/vers/application')
      await press(person, 'Commencer')
      const shown = (await person.page.locator('.letters').innerText()).replace(/\s/g, '')
      expect(shown).toMatch(/^[A-Z2-7]{32}$/)
      const link = await person.page
        .getByRole('link', { name: /application de ce téléphone/ })
        .getAttribute('href')
      expect(new URL(link ?? '').searchParams.get('secret')).toBe(shown)
      await person.page.getByRole('button', { name: 'Copier la clé' }).click()
      await expect.poll(() => person.page.getByRole('status').first().innerText()).toBe('Copié.')
      expect(await person.page.evaluate(() => navigator.clipboard.readText())).toBe(shown)
      await isFine(person)
      await person.leave()
    })

    it.each([
      ['with scripts', true],
      ['without scripts', false],
    ] as const)('printed codes are saved to a file, and with scripts copied, %s', async (_, scripts) => {
      const permissions = ['clipboard-read', 'clipboard-write']
      const person = await someone(base, { ...small, permissions, javaScriptEnabled: scripts })
      await signIn(person, 'nhaddad', '/fr/connexion/vers/codes-de-secours')
      await press(person, 'Créer une feuille')
      const codes = await person.page.locator('.sheet li').allInnerTexts()
      expect(codes.length).toBeGreaterThan(5)
      const saved = person.page.waitForEvent('download')
      await person.page.getByRole('link', { name: 'Enregistrer dans un fichier' }).click()
      const file = readFileSync(await (await saved).path(), 'utf8')
      for (const code of codes) expect(file).toContain(code)
      for (const name of ['Imprimer', 'Copier les codes'])
        expect(await person.page.getByRole('button', { name }).isVisible()).toBe(scripts)
      if (scripts) {
        await person.page.getByRole('button', { name: 'Copier les codes' }).click()
        await expect
          .poll(() => person.page.evaluate(() => navigator.clipboard.readText()))
          .toBe(codes.join('\n'))
      }
      await isFine(person)
      await person.leave()
    })

    it('without scripts the page of a passkey says what to do instead', async () => {
      const person = await someone(base, { javaScriptEnabled: false })
      await person.open('/fr/connexion')
      await press(person, 'Se connecter avec une clé d’accès')
      expect(await person.text()).toContain('JavaScript')
      expect(await person.page.getByRole('button', { name: /Utiliser ma clé/ }).isVisible()).toBe(false)
      await isFine(person)
      await person.follow(/avec un mot de passe/)
      expect(person.path()).toBe('/fr/connexion/vers/compte')
      await person.leave()
    })

    it('every passkey page fits in 14 KB on the wire', async () => {
      const visitor = newVisitor(fixture.url, { 'accept-encoding': 'identity' })
      await visitor.post('/fr/connexion/cle-d-acces/compte', {})
      const response = await fetch(new URL('/fr/connexion/cle-d-acces/compte', fixture.url), {
        headers: {
          'accept-encoding': 'br',
          cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        },
      })
      expect(response.headers.get('content-encoding')).toBe('br')
      const { brotliCompressSync, constants } = await import('node:zlib')
      const html = await response.text()
      const wire = brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length
      console.log(`page of a passkey: ${wire} bytes on the wire`)
      expect(wire).toBeLessThan(14_336)
    })
  },
)
