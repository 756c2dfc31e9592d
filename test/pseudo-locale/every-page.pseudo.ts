import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoPeople } from '../../src/demonstration/people.ts'
import { languages, textKeys } from '../../src/texts/texts.ts'
import { visitPortal } from '../pages/portal-pages.ts'
import { problemPages } from '../pages/problem-pages.ts'
import { pagesSeen } from '../pages/seen.ts'
import { hasChromium, launchChromium, overflows } from '../world/browser.ts'
import type { PortalFixture } from '../world/portal.ts'

const pseudo = 'zz' as (typeof languages)[number]

/** Pages of texts in another language: mails are in that of their journey, the charter is the institution's. */
const foreign: readonly string[] = ['demoMails', 'demoMail', 'charter', 'charterFor']

/** What a page holds that is no sentence: names of people and of the institution, what they typed, formats, other languages. */
const data = new Set(
  [
    ...demoPeople.flatMap(({ firstName, familyName, login, password, joker, numbers }) => [
      ...[firstName, familyName, login, password ?? '', joker?.answer ?? ''],
      ...Object.values(numbers),
    ]),
    ...['Sésame', 'Université', 'de', 'Clairval', 'Français', 'English'],
    // The examples of numbers, and what the visitors of these pages are called and typed.
    ...['ext-dupont', 'Lou', 'Foule', 'Téléphone'],
    ...Array.from({ length: 12 }, (_, month) =>
      new Intl.DateTimeFormat('en-GB', { month: 'long' }).format(new Date(2026, month, 1)),
    ),
  ].flatMap(text => text.toLowerCase().split(/[^\p{L}]+/u)),
)

const withoutSentences = (text: string): string => {
  const less = text.replace(/⟦[^⟦⟧]*⟧/g, ' ')
  return less === text ? text : withoutSentences(less)
}

/** The words of a page outside the marks of its sentences, but for data. */
const hardCodedIn = (text: string) =>
  withoutSentences(text)
    .replace(/\S+@\S+|https?:\/\/\S+/g, ' ')
    .split(/[^\p{L}\d]+/u)
    .filter(word => /^\p{L}{2,}$/u.test(word) && !data.has(word.toLowerCase()))
    // Parts of codes, keys and references, and the abbreviations that are names: INE, UID.
    .filter(word => !/^[A-Z]{2,4}$/.test(word))

const phone = { width: 320, height: 640 }

/** The text of the page, of its attributes and of its title. */
const textsOf = (page: Page) =>
  page.evaluate(() => {
    const attributes = ['aria-label', 'alt', 'title', 'placeholder']
    const found = [document.title, document.body.innerText]
    for (const element of document.querySelectorAll('body *'))
      for (const name of attributes) found.push(element.getAttribute(name) ?? '')
    return found.join('\n')
  })

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('a language that is added', () => {
  let fixture: PortalFixture
  let browser: Browser
  const pages = pagesSeen()
  beforeAll(async () => {
    fixture = await visitPortal(pages)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  it('is one line in the list of languages and one folder of texts', () => {
    expect(languages).toEqual(['fr', 'en', pseudo])
    expect(textKeys.length).toBeGreaterThan(800)
  })

  it('is on every page, whole: nothing is hard-coded, nothing overflows at 320 px, and the layout is mirrored', {
    timeout: 300_000,
  }, async () => {
    const context = await browser.newContext({ viewport: phone, javaScriptEnabled: true })
    const page = await context.newPage()
    const faults: string[] = []
    const shown = [...pages.seen, ...problemPages()].filter(({ language }) => language === pseudo)
    expect(shown.length).toBeGreaterThan(100)
    for (const one of shown) {
      const { path, html, policy } = one
      const isForeign = 'route' in one && foreign.includes(one.route)
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
      await page.route('**/*', route => route.fulfill({ status: 200, headers, body: html }))
      await page.goto(new URL(encodeURI(path), fixture.url).href)
      await page.unroute('**/*')
      if (await overflows(page)) faults.push(`${path}: is to be scrolled sideways`)
      const hardCoded = isForeign ? [] : hardCodedIn(await textsOf(page))
      if (hardCoded.length > 0) faults.push(`${path}: says ${[...new Set(hardCoded)].join(', ')}`)
      const isMirrored = await page.evaluate(() => {
        const skip = document.querySelector('.brand')?.getBoundingClientRect()
        return document.documentElement.dir === 'rtl' && skip !== undefined && skip.right > innerWidth / 2
      })
      if (!isMirrored) faults.push(`${path}: is not mirrored`)
    }
    await context.close()
    expect(faults).toEqual([])
  })
})
