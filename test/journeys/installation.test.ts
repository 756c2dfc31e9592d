import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { iconSizes } from '../../src/ui/installation.ts'
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

  it('gets the icon as PNG too, in the sizes that it asks for and the colours of the institution', {
    skip: !hasChromium(),
  }, async () => {
    const browser = await launchChromium()
    const person = await openBrowserUser(browser, fixture.url)
    await person.open('/fr/connexion')
    const touch = await person.page.locator('link[rel=apple-touch-icon]').getAttribute('href')
    expect(touch).toBe('/icone-180.png')
    for (const size of iconSizes) {
      const drawn = await person.page.evaluate(async width => {
        const pixels = async (source: string) => {
          const image = new Image()
          image.src = source
          await image.decode()
          const context = new OffscreenCanvas(width, width).getContext('2d')
          context?.drawImage(image, 0, 0, width, width)
          return { width: image.naturalWidth, data: context?.getImageData(0, 0, width, width).data ?? [] }
        }
        const [png, svg] = [await pixels(`/icone-${width}.png`), await pixels('/icone.svg')]
        const far = [...png.data].filter((value, at) => Math.abs(value - (svg.data[at] ?? 0)) > 3)
        return { width: png.width, first: [...png.data.slice(0, 4)], far: far.length }
      }, size)
      expect(drawn, String(size)).toEqual({ width: size, first: [0x12, 0x34, 0x56, 255], far: 0 })
    }
    expect(person.faults).toEqual([])
    await browser.close()
  })
})
