import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { demoPerson, hasChromium, openBrowserUser } from '../world/browser.ts'
import { startDemonstration } from '../world/demonstration.ts'
import { startPortal } from '../world/portal.ts'

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('the pages', () => {
  const { portal, chromium } = startDemonstration()

  it('the complete journey is in English for those who ask for it', async () => {
    const visitor = await openBrowserUser(chromium(), portal().url, { locale: 'en-GB' })
    const { page } = visitor
    await visitor.open('/connexion')
    await visitor.follow(/forgotten/i)
    await page.locator('main a').first().click()
    await page.locator('.cards a').nth(2).click()
    await page.locator('#numero').fill('204518')
    await page.locator('#naissance').fill(demoPerson('clefevre').typedDate)
    const submit = async () => {
      const loaded = page.waitForEvent('domcontentloaded')
      await page.locator('main form button[type=submit]').click()
      await loaded
    }
    await submit()
    expect(await page.locator('#question').innerText()).toContain('first pet')
    await page.locator('#reponse').fill('felix')
    await submit()
    await page.locator('#nouveau').fill('Tr0mbone&Cascade-3')
    await page.locator('#confirmation').fill('Tr0mbone&Cascade-3')
    await page.locator('#charte').check()
    await submit()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(await visitor.text()).toContain('Verified at')
    expect(await visitor.text()).not.toMatch(/mot de passe|Étape/)
    await visitor.leave()
  })

  it('wears the name, the logo and the colours of the institution, at full contrast', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sesame-logo-'))
    writeFileSync(
      join(folder, 'logo.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>',
    )
    const own = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: {
        branding: {
          product: 'Passe',
          institution: 'Université des Îles',
          logoFile: join(folder, 'logo.svg'),
          primary: '#ffee00',
          accent: '#330099',
          helpdesk: { phone: '02 00 00 00 00', mail: 'aide@iles.example' },
        },
      },
    })
    for (const colorScheme of ['light', 'dark'] as const) {
      const visitor = await openBrowserUser(chromium(), own.url, { colorScheme })
      await visitor.open('/fr/mot-de-passe')
      expect(await visitor.page.title()).toContain('Université des Îles')
      const logo = visitor.page.locator('header img')
      expect(await logo.getAttribute('src')).toMatch(/^\/logo-[\w-]{12}\.svg$/)
      expect(await logo.evaluate(image => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
      expect(await visitor.page.locator('footer').innerText()).toContain('aide@iles.example')
      expect(await visitor.axeFaults()).toEqual([])
      await visitor.leave()
    }
    await own.stop()
    rmSync(folder, { recursive: true })
  })

  it('the language is a link on every page, to the same page', async () => {
    const visitor = await openBrowserUser(chromium(), portal().url)
    await visitor.open('/fr/mot-de-passe/identification/ine')
    await visitor.page.locator('footer a[hreflang=en]').click()
    expect(visitor.path()).toBe('/en/mot-de-passe/identification/ine')
    await visitor.leave()
  })

  it('the embedded sign-in proves a password, and refuses without saying which of the two is wrong', async () => {
    const visitor = await openBrowserUser(chromium(), portal().url)
    const sign = async (login: string, password: string) => {
      await visitor.open('/fr/connexion')
      await visitor.page.locator('#identifiant').fill(login)
      await visitor.page.locator('#motdepasse').fill(password)
      await visitor.page.getByRole('button', { name: 'Se connecter', exact: true }).click()
      await visitor.page.waitForLoadState()
      return visitor.text()
    }
    const known = await sign('ybenali', 'faux')
    const unknown = await sign('personne', 'faux')
    expect(known).toBe(unknown)
    expect(known).toContain('ne vont pas ensemble')
    expect(await visitor.axeFaults()).toEqual([])
    expect(await sign('ybenali', demoPerson('ybenali').password ?? '')).not.toContain('ne vont pas ensemble')
    expect(await visitor.axeFaults()).toEqual([])
    await visitor.leave()
  })
})
