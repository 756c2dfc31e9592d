import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { zoomed } from '../pages/zoomed-faults.ts'
import { type BrowserUser, hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('a page that is about to close', () => {
  let fixture: PortalFixture
  let browser: Browser
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  /** Time passes in the browser and in the portal. */
  const wait = async ({ page }: BrowserUser, count: number) => {
    clock.forward(minutes(count))
    await page.clock.fastForward(minutes(count))
  }
  const noticeIn = ({ page }: BrowserUser) => page.locator('.closing')
  const goOn = async (user: BrowserUser) => {
    await noticeIn(user).getByRole('button', { name: 'Continuer' }).click()
    await noticeIn(user).waitFor({ state: 'detached' })
  }

  it('warns two minutes before its journey ends, and going on loses nothing that was typed', async () => {
    const user = await openBrowserUser(browser, fixture.url, {})
    await user.page.clock.install()
    await user.prove('clefevre', 'staff-number')
    await user.page.fill('#nouveau', 'Tr0mbone&Casc')
    await wait(user, 11)
    expect(await noticeIn(user).count()).toBe(0)
    await wait(user, 2)
    await noticeIn(user).waitFor()
    expect(await noticeIn(user).getAttribute('role')).toBe('alert')
    await goOn(user)
    expect(await user.page.locator('#nouveau').inputValue()).toBe('Tr0mbone&Casc')
    expect(await user.page.evaluate(() => document.activeElement?.id)).toBe('nouveau')
    await wait(user, 13)
    await noticeIn(user).waitFor()
    await user.open('/fr/mot-de-passe/nouveau')
    expect(user.path()).toBe('/fr/mot-de-passe/nouveau')
    expect(user.faults).toEqual([])
    await user.leave()
  })

  it('leaves at 400 % more than half of the window to the page, and the field in which one types', async () => {
    const user = await openBrowserUser(browser, fixture.url, {})
    await user.page.clock.install()
    await user.prove('clefevre', 'staff-number')
    await user.page.setViewportSize(zoomed)
    await user.page.locator('#confirmation').focus()
    await wait(user, 13)
    const [notice, field] = [noticeIn(user), user.page.locator('#confirmation')]
    await notice.waitFor()
    const [below, typed] = [await notice.boundingBox(), await field.boundingBox()]
    expect(below?.height).toBeLessThan(zoomed.height / 2)
    expect((typed?.y ?? 0) + (typed?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0)
    expect(typed?.y).toBeGreaterThanOrEqual(0)
    await user.leave()
  })

  it('leads to the page that says so when its journey ended meanwhile', async () => {
    const user = await openBrowserUser(browser, fixture.url, {})
    await user.page.clock.install()
    await user.prove('clefevre', 'staff-number')
    await wait(user, 13)
    clock.forward(minutes(5))
    await noticeIn(user).getByRole('button', { name: 'Continuer' }).click()
    await user.page.waitForURL('**/fin')
    await user.leave()
  })

  it('warns two minutes before its session ends, and going on is using it', async () => {
    const user = await openBrowserUser(browser, fixture.url, {})
    await user.page.clock.install()
    await user.open('/fr/connexion/vers/sessions')
    await user.page.fill('#identifiant', 'ybenali')
    await user.page.fill('#motdepasse', 'Bienvenue!2026y')
    await user.page.click('main form button[type=submit]')
    await user.page.waitForURL('**/compte/sessions')
    await wait(user, 26)
    expect(await noticeIn(user).count()).toBe(0)
    await wait(user, 2)
    await noticeIn(user).waitFor()
    await goOn(user)
    clock.forward(minutes(29))
    await user.open('/fr/compte/sessions')
    expect(user.path()).toBe('/fr/compte/sessions')
    await user.leave()
  })

  it('says without scripts until when it is open', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    expect(textOf((await visitor.get('/fr/mot-de-passe/nouveau')).html)).toMatch(
      /Cette démarche reste ouverte jusqu'à \d\d:\d\d/,
    )
    await visitor.signIn('ybenali', 'Bienvenue!2026y')
    expect(textOf((await visitor.get('/fr/compte/sessions')).html)).toMatch(
      /votre session reste ouverte jusqu'à \d\d:\d\d/,
    )
  })
})
