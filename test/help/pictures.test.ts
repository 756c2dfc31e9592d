import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helpPages } from '../../src/help/all.ts'
import type { HelpContext } from '../../src/help/help.ts'
import { createHelpContext } from '../../src/help/help-context.ts'
import { type PictureIndex, pictureNames } from '../../src/help/pictures.ts'
import { languages } from '../../src/texts/texts.ts'
import { helpPartsOf } from '../world/application-parts.ts'
import { hasChromium, launchChromium } from '../world/browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { root } from '../world/root.ts'
import { newVisitor } from '../world/visitor.ts'
import { pageDigest } from './frames.ts'
import { phone, walkForPictures } from './walk.ts'

const folder = join(root, 'src/help/pictures')
const pictureSet = JSON.parse(readFileSync(join(folder, 'pictures.json'), 'utf8')) as PictureIndex

/** The pictures show the demonstration with its default settings. */
const demonstration = () =>
  startPortal({ directory: 'embedded', store: 'SQLite', config: { charter: undefined } })

describe('the pictures of the help', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await demonstration()
  })
  afterAll(() => fixture?.stop())

  it.each(languages)('are all there in %s, have the recorded digests, and are small', language => {
    expect(Object.keys(pictureSet[language] ?? {}).sort(), 'npm run screenshots -- help').toEqual(
      [...pictureNames].sort(),
    )
    expect(readdirSync(join(folder, language)).sort()).toEqual(
      [...pictureNames].map(name => `${name}.webp`).sort(),
    )
    for (const name of pictureNames) {
      const bytes = readFileSync(join(folder, language, `${name}.webp`))
      const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
      expect(digest, name).toBe(pictureSet[language][name]?.bytes)
      expect(bytes.length, name).toBeLessThan(64 * 1024)
    }
  })

  it('each illustrate a page, with reserved space and a text alternative', async () => {
    const known: HelpContext = createHelpContext(helpPartsOf(fixture.application))
    const visitor = newVisitor(fixture.url)
    const shown = new Set<string>()
    for (const { at } of helpPages(known)) {
      const path = `/fr${at.route === 'helpGuide' ? '/aide/guide/' : '/aide/'}${Object.values(at.params ?? {})[0]}`
      for (const [image] of (await visitor.get(path)).html.matchAll(/<img [^>]*>/g)) {
        shown.add(/images\/([\w-]+)\./.exec(image)?.[1] ?? '')
        expect(image).toMatch(/alt="[^"]{20,}" width="390" height="\d+" loading="lazy"/)
      }
    }
    expect([...shown].sort()).toEqual([...pictureNames].sort())
  })

  it('are kept by browsers for a year, at the address of their own bytes alone', async () => {
    const visitor = newVisitor(fixture.url)
    const { bytes } = pictureSet.fr.joker ?? { bytes: '' }
    const { status, headers } = await visitor.get(`/fr/aide/images/joker.${bytes}.webp`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('image/webp')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    for (const other of [
      `joker.${'0'.repeat(16)}.webp`,
      'joker.webp',
      `..%2fpictures.json`,
      '__proto__.x.webp',
      `constructor.${bytes}.webp`,
    ])
      expect((await visitor.get(`/fr/aide/images/${other}`)).status, other).toBe(404)
  })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('the pages that the help pictures', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  it.each(languages)(
    'still say in %s what they said when their pictures were taken (npm run screenshots -- help)',
    { timeout: 180_000 },
    async language => {
      const fixture = await demonstration()
      const now: Record<string, string> = {}
      await walkForPictures(browser, fixture.url, language, async (name, page) => {
        now[name] = await pageDigest(page, name)
      }).finally(fixture.stop)
      const then = Object.fromEntries(
        Object.entries(pictureSet[language]).map(([name, { page }]) => [name, page]),
      )
      expect(now).toEqual(then)
    },
  )

  it('are distinguished by a word, a button or a state, and not by the time of day', async () => {
    const fixture = await demonstration()
    const context = await browser.newContext({ ...phone, locale: 'fr-FR' })
    const page = await context.newPage()
    const digestAfter = async (change: string) => {
      await page.goto(`${fixture.url}/fr/mot-de-passe/identification/numero-personnel`)
      await page.evaluate(change)
      return pageDigest(page, 'identify-staff')
    }
    const asIs = await digestAfter('0')
    const form = "document.querySelector('main form')"
    expect(asIs).toBe(pictureSet.fr['identify-staff']?.page)
    expect(await digestAfter(`${form}.querySelector('label').append(' ou matricule')`)).not.toBe(asIs)
    expect(await digestAfter(`${form}.querySelector('button').disabled = true`)).not.toBe(asIs)
    expect(await digestAfter(`${form}.insertAdjacentHTML('beforeend', '<button>Annuler</button>')`)).not.toBe(
      asIs,
    )
    const hour = (time: string) =>
      digestAfter(`${form}.insertAdjacentHTML('beforeend', '<p>Ouverte jusqu’à ${time}.</p>')`)
    expect(await hour('21:15')).toBe(await hour('08:02'))
    await context.close()
    await fixture.stop()
  })
})
