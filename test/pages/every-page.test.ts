import { parse } from 'parse5'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RouteName, routes } from '../../src/routes.ts'
import { languages } from '../../src/texts/texts.ts'
import { compress } from '../../src/web/compress.ts'
import { axeFaults, hasChromium, launchChromium, overflows, preloadAxe } from '../world/browser.ts'
import type { PortalFixture } from '../world/portal.ts'
import { textOf } from '../world/visitor.ts'
import { emptyFaults } from './empty-width.ts'
import { externalPages } from './external-pages.ts'
import { forcedColourFaults } from './forced-colours.ts'
import { formFaults, grownFaults } from './form-faults.ts'
import { visitPortal } from './portal-pages.ts'
import { problemPages } from './problem-pages.ts'
import { pagesSeen, type SeenPage } from './seen.ts'
import { zoomed, zoomedFaults } from './zoomed-faults.ts'

/** Routes without a page, and why. */
const noPage: { readonly [name in RouteName]?: string } = {
  journalExport: 'a file to keep',
  helpPicture: 'a picture',
  writing: 'waits for the outcome and leads to its page, or to the fault « outcome-unknown »',
  activationWriting: 'the same',
  signInReturn: 'leads on: into the account, or to the page that says why not',
}

/** Forms that cannot be refused for what is typed, and why. */
const neverRefuses: { readonly [name in RouteName]?: string } = {
  firstDay: 'one button',
  sessions: 'one button for each session',
  signOut: 'one button',
  passkeys: 'buttons',
  signInReturn: 'takes messages of the institution’s server, and shows nothing',
  notMe: 'one button; its link, once dead, says so',
}

const desk = { width: 1280, height: 900 }
const phone = { width: 320, height: 640 }

/** Light and dark differ only in colours, so the other checks run once at each width. */
const presentations = [
  { colorScheme: 'light', viewport: desk, only: null },
  { colorScheme: 'dark', viewport: desk, only: 'cat.color' },
  { colorScheme: 'dark', viewport: phone, only: null },
  { colorScheme: 'light', viewport: phone, only: 'cat.color' },
] as const

/** A mail is in the language of its journey, whatever the language of the page that shows it. */
const showMails: readonly RouteName[] = ['demoMails', 'demoMail']

/** One page at several addresses: it leads to another page afterwards, or back to another form, or its lead says why it is shown; a mail has its own subject. */
const sameTitle: readonly RouteName[] = [
  'signInFor',
  'signInRefused',
  'sessionEnded',
  'journeyMissing',
  'notMe',
  'demoMail',
  'charterFor',
]

type ShownPage = Pick<SeenPage, 'path' | 'language' | 'html' | 'policy'>

const pages = pagesSeen()
const names = Object.keys(routes) as RouteName[]
const hasForm = (name: RouteName) => 'post' in routes[name]

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('every page', () => {
  let fixture: PortalFixture
  let browser: Browser
  beforeAll(async () => {
    fixture = await visitPortal(pages)
    browser = await launchChromium()
    await externalPages(pages)
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  it.each(languages)('of routes.ts was visited in %s: a new one needs its visit in test/pages/', language => {
    const visited = new Set(pages.seen.filter(one => one.language === language).map(({ route }) => route))
    expect(names.filter(name => !(visited.has(name) || name in noPage))).toEqual([])
  })

  it('with a form was seen refusing what is typed', () => {
    const refusing = new Set(pages.seen.filter(({ refused }) => refused).map(({ route }) => route))
    expect(names.filter(name => hasForm(name) && !(refusing.has(name) || name in neverRefuses))).toEqual([])
  })

  it('is 14 KB at most as it is sent, with its style and script', () => {
    const large = pages.seen
      .map(({ path, html }) => ({ path, bytes: compress(html, 'gzip', false).length }))
      .filter(({ bytes }) => bytes > 14_336)
    expect(large).toEqual([])
  })

  it('is written as HTML asks', () => {
    const faults = pages.seen.flatMap(({ path, html }) => {
      const found: string[] = []
      parse(html, {
        onParseError: ({ code, startLine, startCol }) => found.push(`${code} at ${startLine}:${startCol}`),
      })
      return found.map(fault => `${path}: ${fault}`)
    })
    expect(faults).toEqual([])
  })

  it('says in its title where one is, and that something is to be corrected', () => {
    for (const { html, status, path, refused } of pages.seen) {
      const title = textOf(/<title>[^<]*/.exec(html)?.[0] ?? '')
      expect(title, path).toMatch(/Sésame/)
      expect(/^ ?(Erreur|Error)/.test(title), `${path} ${status}: ${title}`).toBe(refused)
    }
  })

  it('has a title that no other page has: its heading, its journey, the product', () => {
    const pathsByTitle = new Map<string, Set<string>>()
    // A refused form is shown on the page that it belongs to, whichever address it was sent to.
    const own = pages.seen.filter(({ route, status }) => status !== 422 && !sameTitle.includes(route))
    for (const page of own) {
      const title = textOf(/<title>[^<]*/.exec(page.html)?.[0] ?? '').trim()
      pathsByTitle.set(title, (pathsByTitle.get(title) ?? new Set()).add(page.path))
    }
    const shared = [...pathsByTitle].filter(([, paths]) => paths.size > 1)
    expect(shared.map(([title, paths]) => `${title}: ${[...paths].join(' and ')}`)).toEqual([])
  })

  it('links the telephone or the address of the helpdesk where it says to contact it', () => {
    const asks = /(contactez|appelez|demander à) l.assistance|(contact|call|ask) the helpdesk/i
    const silent = [...pages.seen, ...problemPages()].flatMap(({ html, path }) => {
      const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
      return asks.test(textOf(main)) && !/href="(tel|mailto):/.test(main) ? [path] : []
    })
    expect(silent).toEqual([])
  })

  it('describes a field in one short sentence', () => {
    const long = pages.seen.flatMap(({ html, path }) =>
      [...html.matchAll(/<p class="hint" id="[\w-]+-aide">([^<]*)/g)]
        .map(([, hint = '']) => textOf(hint).trim())
        .filter(hint => /[.?!] /.test(hint) || hint.split(' ').length > 16)
        .map(hint => `${path}: ${hint}`),
    )
    expect(long).toEqual([])
  })

  it('gives no name that changes to a button with a pressed state, and names each card by its title', () => {
    for (const { html, path } of pages.seen) {
      expect(html, path).not.toContain('aria-pressed')
      const cards = html.match(/<ul class="(?:cards|doors)[\s\S]*?<\/ul>/)?.[0] ?? ''
      for (const [, drawing = '', name = ''] of cards.matchAll(/<li>([\s\S]*?)<h2>([\s\S]*?)<\/h2>/g)) {
        expect(drawing, path).toContain('aria-hidden="true"')
        expect(name, path).toMatch(/^<a href="[^"]*">[^<]+<\/a>$/)
      }
    }
  })

  it('speaks one language', () => {
    for (const { html, language, path, route } of pages.seen) {
      expect(html, path).toContain(`<html lang="${language}"`)
      if (language === 'en' && !showMails.includes(route))
        expect(textOf(html), path).not.toMatch(/\b(vous|votre|vos|saisissez|étape)\b/i)
    }
  })

  /** Shows the bytes that the portal sent, at their address and with their content security policy. */
  const show = async (page: Page, base: string, { path, html, policy }: ShownPage) => {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
    await page.route('**/*', route => route.fulfill({ status: 200, headers, body: html }))
    await page.goto(new URL(encodeURI(path), base).href)
    await page.unroute('**/*')
  }

  it.each(languages)(
    'in %s, by day and at night, on a desktop and at 320 px: axe finds nothing, forms say what they ask, text may grow, the width is used, nothing is to be scrolled sideways, at 400 % all is reached, and forced colours hide nothing',
    { timeout: 600_000 },
    async language => {
      const context = await browser.newContext({ locale: language, reducedMotion: 'reduce' })
      await preloadAxe(context)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', fault => faults.push(fault.message))
      page.on('console', message => message.type() === 'error' && faults.push(message.text()))
      const shown: readonly ShownPage[] = [...pages.seen, ...problemPages()].filter(
        one => one.language === language,
      )
      for (const one of shown) {
        await show(page, fixture.url, one)
        faults.push(...(await formFaults(page)).map(fault => `${one.path}: ${fault}`))
        for (const { colorScheme, viewport, only } of presentations) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          const where = `${one.path} ${colorScheme} ${viewport.width}`
          faults.push(...(await axeFaults(page, only)).map(fault => `${where}: ${fault}`))
          if (!only) {
            const found = [...(await grownFaults(page)), ...(await emptyFaults(page))]
            faults.push(...found.map(fault => `${where}: ${fault}`))
          }
          if (await overflows(page)) faults.push(`${where}: is to be scrolled sideways`)
        }
        faults.push(...(await forcedColourFaults(page)).map(fault => `${one.path} forced colours: ${fault}`))
        await page.setViewportSize(zoomed)
        faults.push(...(await zoomedFaults(page)).map(fault => `${one.path} at 400 %: ${fault}`))
        await page.setViewportSize(desk)
        faults.push(...(await forcedColourFaults(page)).map(fault => `${one.path} forced colours: ${fault}`))
      }
      await context.close()
      console.log(`axe: ${shown.length} pages in ${language}`)
      expect(faults).toEqual([])
    },
  )
})
