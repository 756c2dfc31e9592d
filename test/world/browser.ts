import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { demoPeople } from '../../src/demonstration/people.ts'
import { numberSlugs } from '../../src/routes.ts'

/**
 * Debian's Chromium: the shell without windows if it is there. The whole Chromium draws its windows and menus even when nobody
 * sees them, which takes four times as long.
 */
const program = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync)
export const hasChromium = () => program !== undefined
export const launchChromium = (...args: readonly string[]): Promise<Browser> =>
  chromium.launch({ executablePath: program ?? '/usr/bin/chromium', args: [...args] })

/**
 * Chromium as people have it, which keeps the pages that one left as they were, for Back; playwright turns that off, and the
 * shell without windows cannot.
 */
export const launchWithPageCache = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Puts axe into every page that this context opens: it is sent to the browser once, not again for each page. */
export const preloadAxe = (context: BrowserContext) => context.addInitScript(axe)

/**
 * What `read` reads from a page that may be replaced meanwhile: a receipt opens itself again, and between two documents there is
 * none. A reading that was cut off begins again in the new document; a fault that stays is thrown.
 */
const readWhole = async <Result>(page: Page, read: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; ; tries += 1) {
    await page.waitForLoadState()
    try {
      return await read()
    } catch (fault) {
      if (tries === 5) throw fault
    }
  }
}

type Violation = { id: string; nodes: readonly { target: unknown; failureSummary?: string }[] }

/** Faults found by axe, with its best practices and enhanced contrast: one line each. `only`: restricts it to one tag of rules. */
export const axeFaults = (page: Page, only: string | null = null): Promise<string[]> =>
  readWhole(page, () => faultsIn(page, only))

const faultsIn = async (page: Page, only: string | null): Promise<string[]> => {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe)
  const options = {
    rules: { 'color-contrast-enhanced': { enabled: true } },
    resultTypes: ['violations'],
    preload: false,
    ...(only && { runOnly: { type: 'tag', values: [only] } }),
  }
  const violations = (await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(r => r.violations)`,
  )) as Violation[]
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${failureSummary ?? ''}`),
  )
}

/**
 * Is the page wider than the window, so that it scrolls sideways, or some text cut off at its edge? `main` clips what leaves it,
 * for its drawings, so a word that is too long makes nothing wider.
 */
export const overflows = (page: Page) =>
  readWhole(page, () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      const texts = [...document.querySelectorAll('body *')]
        .filter(element => !element.closest('.unseen, .skip, script, style'))
        .flatMap(element => [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE))
      const lines = texts.flatMap(text => {
        const range = document.createRange()
        range.selectNodeContents(text)
        return [...range.getClientRects()].filter(({ width }) => width > 1)
      })
      return (
        scrollWidth > clientWidth || lines.some(({ left, right }) => left < -1 || right > clientWidth + 1)
      )
    }),
  )

/** Text with straight apostrophes and single plain spaces, as tests write it. */
export const fold = (text: string) =>
  text
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/’/g, "'")
    .replace(/\s+/g, ' ')
    .trim()

export type NumberName = keyof typeof numberSlugs

/** A person of the demonstration, by login. */
export const demoPerson = (login: string) => {
  const found = demoPeople.find(person => person.login === login)
  if (!found) throw new Error(`nobody is called ${login}`)
  const { year, month, day } = found.born
  return { ...found, typedDate: `${day}/${month}/${year}` }
}

/** A person with a browser, with helpers for the pages of the portal. Close it with `leave`. */
export const openBrowserUser = async (
  browser: Browser,
  base: string,
  options: BrowserContextOptions = {},
) => {
  const shown: BrowserContextOptions = {
    locale: 'fr-FR',
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
    ...options,
  }
  const context = await browser.newContext(shown)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  page.on('pageerror', fault => faults.push(fault.message))
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      faults.push(message.text())
  })

  const person = {
    page,
    context,
    /** Errors of the browser console: scripts that threw, and what the content security policy refused. */
    faults,
    path: () => new URL(page.url()).pathname,
    /** axe needs scripts: where they are off, it checks a copy of the page in a window of the same size and colour scheme. */
    axeFaults: async () => {
      if (options.javaScriptEnabled !== false) return axeFaults(page)
      const html = (await page.content()).replace(/<script[\s\S]*?<\/script>/g, '')
      const beside = await browser.newContext({ ...shown, javaScriptEnabled: true })
      const copy = await beside.newPage()
      await copy.setContent(html)
      const found = await axeFaults(copy)
      await beside.close()
      return found
    },
    text: async () => fold(await page.locator('main').innerText()),
    heading: async () => fold(await page.locator('h1').innerText()),
    open: (path: string) => page.goto(new URL(path, base).href),
    follow: (name: string | RegExp) => page.getByRole('link', { name }).first().click(),
    /** Presses the main button of a step. */
    submit: async () => {
      const loaded = page.waitForEvent('domcontentloaded')
      await page.getByRole('button', { name: /^(Valider|Confirm|Continue)$/ }).click()
      await loaded
    },
    identify: async (login: string, kind: NumberName, more: { date?: string; number?: string } = {}) => {
      const who = demoPerson(login)
      await person.open(`/fr/mot-de-passe/identification/${numberSlugs[kind]}`)
      await page.locator('#numero').fill(more.number ?? who.numbers[kind] ?? '')
      await page.locator('#naissance').fill(more.date ?? who.typedDate)
      await person.submit()
    },
    answer: async (text: string) => {
      await page.locator('#reponse').fill(text)
      await person.submit()
    },
    choose: async (password: string, more: { confirmation?: string; charter?: boolean } = {}) => {
      await page.locator('#nouveau').fill(password)
      await page.locator('#confirmation').fill(more.confirmation ?? password)
      if (more.charter ?? true) await page.locator('#charte').check()
      await person.submit()
    },
    /** Identifies the person and answers the joker: leads to the form of the new password. */
    prove: async (login: string, kind: NumberName) => {
      await person.identify(login, kind)
      await person.answer(demoPerson(login).joker?.answer ?? '')
    },
    leave: () => context.close(),
  }
  return person
}

export type BrowserUser = Awaited<ReturnType<typeof openBrowserUser>>
