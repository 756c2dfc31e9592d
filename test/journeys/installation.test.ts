import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium, openBrowserUser } from '../world/browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'

describe('a telephone', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    const branding = { product: 'Identité', primary: '#123456' }
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', config: { branding } })
  })
  afterAll(() => fixture?.stop())

  it('can keep the portal on its home screen, under its name and in its colour', {
    skip: !hasChromium(),
  }, async () => {
    const browser = await launchChromium()
    const person = await openBrowserUser(browser, fixture.url)
    await person.open('/fr/connexion')
    const devtools = await person.context.newCDPSession(person.page)
    const { data, errors } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    expect(JSON.parse(data ?? '')).toMatchObject({ short_name: 'Identité', display: 'minimal-ui' })
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
    // Contexts of tests are private windows, which keep nothing.
    const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')
    expect(others).toEqual([])
    expect(await person.page.locator('meta[name=theme-color]').getAttribute('content')).toBe('#123456')
    expect(person.faults).toEqual([])
    await browser.close()
  })
})
