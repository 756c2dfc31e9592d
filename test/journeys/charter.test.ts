import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { charterFormSlugs, charterForms, hrefIn, routes } from '../../src/routes.ts'
import { hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

const typed = 'Tr0mbone&Cascade-3'

describe('the charter', () => {
  let fixture: PortalFixture
  let browser: Browser
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
    if (hasChromium()) browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  it('leads back from each form that asks to accept it to that form', async () => {
    const visitor = newVisitor(fixture.url)
    const charter = '/fr/reglement-interieur/2026-09'
    for (const form of charterForms) {
      const page = await visitor.get(
        hrefIn('fr')('charterFor', { version: '2026-09', form: charterFormSlugs[form] }),
      )
      expect(page.status, form).toBe(200)
      expect(page.html).toContain(`href="/fr${routes[form].path}" data-returns`)
    }
    expect((await visitor.get(charter)).html).not.toContain('data-returns')
    expect((await visitor.get(`${charter}/ailleurs`)).status).toBe(404)
  })

  it.skipIf(!hasChromium()).each([true, false])(
    'comes back to the form of the new password, scripts %s, which keeps what was typed',
    async javaScriptEnabled => {
      const person = await openBrowserUser(browser, fixture.url, { javaScriptEnabled })
      await person.prove('clefevre', 'staff-number')
      await person.page.locator('#nouveau').fill(typed)
      const opened = person.context.waitForEvent('page')
      await person.follow(/^Lire le règlement/)
      const charter = await opened
      await charter.waitForLoadState()
      const closed = javaScriptEnabled && charter.waitForEvent('close')
      await charter.getByRole('link', { name: 'Revenir au formulaire' }).click()
      // Without scripts the form opens in that tab too; the first one stays as it was.
      if (closed) await closed
      else await charter.waitForURL('**/mot-de-passe/nouveau')
      expect(await person.page.locator('#nouveau').inputValue()).toBe(typed)
      expect(person.faults).toEqual([])
      await person.leave()
    },
  )
})
