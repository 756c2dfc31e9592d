import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RouteName, routes } from '../../src/routes.ts'
import { languages } from '../../src/texts/texts.ts'
import { hasChromium, launchChromium } from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import type { PortalFixture } from '../world/portal.ts'
import { root } from '../world/root.ts'
import { visitPortal } from './portal-pages.ts'
import { problemPages } from './problem-pages.ts'
import { pagesSeen, type SeenPage } from './seen.ts'
import { spokenLines } from './spoken-lines.ts'

const folder = join(root, 'docs/reference/spoken')

/** Every run is on the same day. */
const start = Date.parse('2026-09-07T08:00:00Z')

/** Segments of an address that are the same in every run. */
const lasting = ['kind', 'page', 'topic', 'population', 'version', 'why']

type Spoken = Pick<SeenPage, 'language' | 'html' | 'policy' | 'path'> & {
  readonly name: string
  readonly route: RouteName | null
}

const nameOf = ({ route, path, status }: SeenPage) => {
  const segments = path.split('/').slice(2)
  const kept = routes[route].path
    .split('/')
    .slice(1)
    .map((part, at) => (part.startsWith(':') && !lasting.includes(part.slice(1)) ? '' : segments[at]))
  const name = kept.filter(Boolean).join('.') || 'accueil'
  return status === 422 ? `${name}.refus` : name
}

const spokenPages = (seen: readonly SeenPage[]): Spoken[] => {
  const all = [
    ...seen.map(page => ({ ...page, name: nameOf(page) })),
    ...problemPages().map(page => ({
      ...page,
      route: null,
      name: `panne.${/« (.+) »/.exec(page.path)?.[1] ?? ''}`,
    })),
  ]
  const times = new Map<string, number>()
  return all.map(page => {
    const key = `${page.language}/${page.name}`
    const time = (times.get(key) ?? 0) + 1
    times.set(key, time)
    return { ...page, name: time === 1 ? key : `${key}.${time}` }
  })
}

/** What is another in each run: codes, keys, the port, the minute. */
const steady = (spoken: string) =>
  spoken
    .replace(/\b[A-Z0-9]{4}(-[A-Z0-9]{4}){3}\b/g, 'XXXX-XXXX-XXXX-XXXX')
    .replace(/\b[A-Z2-7]{4}( [A-Z2-7]{4}){5,}\b/g, 'XXXX XXXX XXXX')
    .replace(/\b\d{4} \d{4}\b/g, '0000 0000')
    .replace(/(?<=#|code est |code is )\d{8}/g, '00000000')
    .replace(/\/ce-n-est-pas-moi\/[\w-]+/g, '/ce-n-est-pas-moi/JETON')
    .replace(/\b\d{2}:\d{2}(:\d{2})?\b/g, '00:00')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1')

/** Pages that list what happened: mails leave by themselves, some earlier and some later than what the person does meanwhile. */
const inNoOrder: readonly (RouteName | null)[] = ['account', 'journal', 'demoMails']

/** The account shows the three latest events alone: which they are depends on when the mails left. The journal has them all. */
const maskLatest = (page: Page) =>
  page.evaluate(() => {
    for (const event of document.querySelectorAll('ol.lines > li')) event.textContent = '…'
  })

const sortLines = (page: Page) =>
  page.evaluate(() => {
    const keyOf = (line: Element) => (line.textContent ?? '').replace(/\d/g, '')
    for (const list of document.querySelectorAll('ol.lines, main > .floor > ul.lines'))
      list.append(...[...list.children].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
  })

const fileOf = (name: string) => join(folder, `${name}.txt`)
const read = (name: string) => (existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8') : '')
const write = (name: string, said: string) => {
  mkdirSync(dirname(fileOf(name)), { recursive: true })
  writeFileSync(fileOf(name), said)
}

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('what a screen reader says', () => {
  let fixture: PortalFixture
  let browser: Browser
  const pages = pagesSeen()
  const isWriting = process.env.SPOKEN === 'write'
  beforeAll(async () => {
    fixture = await visitPortal(pages, movableClock(start))
    browser = await launchChromium()
    if (isWriting) rmSync(folder, { recursive: true, force: true })
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  it.each(languages)(
    'on each page, in %s, is as docs/reference/spoken/ has it: where it changed on purpose, npm run spoken',
    { timeout: 300_000 },
    async language => {
      const context = await browser.newContext({ locale: language, reducedMotion: 'reduce' })
      const page = await context.newPage()
      const session = await context.newCDPSession(page)
      const spoken = spokenPages(pages.seen).filter(one => one.language === language)
      for (const { name, route, path, html, policy } of spoken) {
        const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
        await page.route('**/*', asked => asked.fulfill({ status: 200, headers, body: html }))
        await page.goto(new URL(encodeURI(path), fixture.url).href)
        await page.unroute('**/*')
        if (inNoOrder.includes(route)) await sortLines(page)
        if (route === 'account') await maskLatest(page)
        const said = steady(await spokenLines(session, language))
        if (isWriting) write(name, said)
        expect.soft(said, name).toBe(read(name))
      }
      await context.close()
      const kept = readdirSync(join(folder, language)).sort()
      expect(kept).toEqual(spoken.map(one => `${one.name.slice(language.length + 1)}.txt`).sort())
    },
  )
})
