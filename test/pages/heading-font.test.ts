import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openSync } from 'fontkit'
import { describe, expect, it } from 'vitest'
import { locales } from '../../src/texts/locales.ts'
import { languages } from '../../src/texts/texts.ts'
import { hasChromium, openBrowserUser } from '../world/browser.ts'
import { startDemonstration } from '../world/demonstration.ts'
import { root } from '../world/root.ts'

const file = join(root, 'src', 'ui', 'fonts', 'headings.woff2')

describe('the font of the headings', () => {
  it('is small, and has every letter and digit of every sentence in French and English', () => {
    expect(statSync(file).size).toBeLessThanOrEqual(18_000)
    const font = openSync(file)
    if (!('hasGlyphForCodePoint' in font)) throw new Error('not one font')
    const sentences = languages.flatMap(language => Object.values(locales[language].texts)).join('')
    const written = new Set([...sentences].filter(one => /[\p{L}\p{N}]/u.test(one)))
    expect(written.size).toBeGreaterThan(60)
    const lacking = [...written].filter(one => !font.hasGlyphForCodePoint(one.codePointAt(0) ?? 0))
    expect(lacking).toEqual([])
  })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('a page', () => {
  const { portal, chromium } = startDemonstration()

  const visit = async (path: string, fontAfter: number) => {
    const person = await openBrowserUser(chromium(), portal().url)
    const asked: string[] = []
    await person.context.route('**/*.woff2', async route => {
      asked.push(new URL(route.request().url()).pathname)
      await new Promise(resolve => setTimeout(resolve, fontAfter))
      await route.continue()
    })
    await person.page.addInitScript(() => {
      const seen = window as unknown as { shifted: number }
      seen.shifted = 0
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) seen.shifted += (entry as unknown as { value: number }).value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await person.open(path)
    await person.page.waitForLoadState('networkidle')
    await person.page.evaluate(() => document.fonts.ready.then(() => new Promise(requestAnimationFrame)))
    const shifted = await person.page.evaluate(() => (window as unknown as { shifted: number }).shifted)
    const used = async (selector: string) => {
      const devtools = await person.context.newCDPSession(person.page)
      await devtools.send('DOM.enable')
      await devtools.send('CSS.enable')
      const { root: top } = await devtools.send('DOM.getDocument')
      const { nodeId } = await devtools.send('DOM.querySelector', { nodeId: top.nodeId, selector })
      const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId })
      return fonts.map(({ familyName }) => familyName)
    }
    return { person, asked, shifted, used }
  }

  it('is shown in it at once, headings only, and nothing moves', async () => {
    // Kept by the browser since the page before, as for everybody but the first page of all.
    const { person, asked, used } = await visit('/fr/', 0)
    await person.open('/fr/identifiants-oublies')
    expect(await used('h1')).toContain('Literata Medium')
    expect(await used('main p')).not.toContain('Literata Medium')
    expect(await used('nav a')).not.toContain('Literata Medium')
    expect(asked.every(path => /^\/titres-[\w-]{12}\.woff2$/.test(path))).toBe(true)
    expect(await person.page.evaluate(() => (window as unknown as { shifted: number }).shifted)).toBe(0)
    expect(person.faults).toEqual([])
    await person.leave()
  })

  it.each([0, 60, 1500])('does not move when it comes after %i ms', async fontAfter => {
    for (const path of ['/fr/', '/fr/connexion', '/en/mot-de-passe', '/fr/aide']) {
      const { person, shifted } = await visit(path, fontAfter)
      expect(shifted, path).toBe(0)
      expect(person.faults).toEqual([])
      await person.leave()
    }
  })

  it('whose URL holds a secret does not load it, nor anything else', async () => {
    const person = await openBrowserUser(chromium(), portal().url)
    const asked: string[] = []
    person.page.on('request', request => asked.push(new URL(request.url()).pathname))
    await person.open('/fr/ce-n-est-pas-moi/jeton')
    await person.page.waitForLoadState('networkidle')
    expect(asked.filter(path => path !== '/fr/ce-n-est-pas-moi/jeton')).toEqual([])
    await person.leave()
  })

  it('is sent the font once for all: its name holds its digest', async () => {
    const html = await (await fetch(`${portal().url}/fr/`)).text()
    const [, path = ''] = /href="(\/titres-[^"]+)"/.exec(html) ?? []
    const { headers, status } = await fetch(portal().url + path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('font/woff2')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })
})
