import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { hrefIn, numberSlugs } from '../../src/routes.ts'
import { demoPerson, fold } from '../world/browser.ts'
import { hasFirefox, startFirefox } from '../world/firefox.ts'
import { follow, type OtherBrowser } from '../world/other-browser.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { startTls } from '../world/tls.ts'
import { hasWebkit, startWebkit } from '../world/webkit.ts'
import { type GuideAction, seed } from './seed.ts'

/** Everything that the page shows: its text and its placeholders. */
const shownOn = async ({ read }: OtherBrowser) =>
  fold(
    await read<string>(
      '[document.body.innerText, ...[...document.querySelectorAll("[placeholder]")].map(one => one.placeholder)].join(" | ")',
    ),
  )

/** Marks what a step of the guide names: a link or a button by its words, a field by its label. */
const mark = async ({ name, read }: OtherBrowser, act: GuideAction) => {
  const words = fold('press' in act ? act.press : 'tick' in act ? act.tick : act.enter)
  const found = await read<boolean>(`(() => {
    const fold = text => text.replace(/[\\u00a0\\u202f]/g, ' ').replace(/’/g, "'").replace(/\\s+/g, ' ').trim()
    for (const one of document.querySelectorAll('[data-named]')) delete one.dataset.named
    const named = [...document.querySelectorAll(${JSON.stringify('press' in act ? 'main a, main button' : 'main label')})]
      .find(one => fold(one.innerText) === ${JSON.stringify(words)})
    const acting = named?.control ?? named
    if (acting) acting.dataset.named = ''
    return Boolean(acting)
  })()`)
  if (!found) throw new Error(`${name}: ${await read('location.pathname')} has nothing called « ${words} »`)
}

const perform = async (browser: OtherBrowser, act: GuideAction, typed: Readonly<Record<string, string>>) => {
  await vi.waitFor(() => mark(browser, act), { timeout: 10_000 })
  if ('press' in act) return follow(browser, '[data-named]')
  if ('tick' in act) return browser.press('[data-named]')
  return browser.type('[data-named]', typed[act.what] ?? '')
}

const browsers = [
  { name: 'Firefox', keepsPages: true, has: hasFirefox, start: startFirefox },
  // Driven by a test it keeps no page for Back, and loads it anew.
  { name: 'WebKit', keepsPages: false, has: hasWebkit, start: startWebkit },
] as const

const windows = [
  { how: 'on a desktop', width: 1280, height: 900 },
  { how: 'in a window of 400 px', width: 400, height: 800 },
] as const

describe.each(browsers)('the guide’s journey in $name', ({ keepsPages, has, start }) => {
  let url = ''
  let fixture: PortalFixture
  let tls: Awaited<ReturnType<typeof startTls>>
  let browser: OtherBrowser & { readonly faults?: readonly string[] }
  beforeAll(async () => {
    if (!has()) throw new Error('this browser is not installed: npm run test:long installs it on Debian')
    const [front, behind] = [await freePort(), await freePort()]
    url = `https://localhost:${front}`
    fixture = await startPortal({
      directory: 'embedded',
      store: 'SQLite',
      config: { publicUrl: url, listen: { port: behind, admin: 'off' } },
    })
    tls = await startTls(front, behind)
  })
  afterEach(() => browser?.stop())
  afterAll(async () => {
    await tls?.stop()
    await fixture?.stop()
  })

  it('« Corriger le numéro ou la date » goes back to what was typed', async () => {
    browser = await start()
    const { numbers, typedDate } = demoPerson('clefevre')
    await browser.open(url + hrefIn('fr')('identify', { kind: numberSlugs['staff-number'] }))
    await browser.type('#numero', numbers['staff-number'] ?? '')
    await browser.type('#naissance', typedDate)
    await follow(browser, 'main form button[type=submit]')
    await browser.press('a[data-corrects]')
    await expect
      .poll(() => browser.read<string>('location.pathname').catch(() => ''))
      .toContain('/identification/')
    expect(await browser.read('[document.forms[0].numero.value, document.forms[0].naissance.value]')).toEqual(
      [keepsPages ? numbers['staff-number'] : '', typedDate],
    )
  })

  it('« Corriger le numéro ou la date » opens the form again that was refused and corrected before', async () => {
    browser = await start()
    const { numbers, typedDate } = demoPerson('clefevre')
    await browser.open(url + hrefIn('fr')('identify', { kind: numberSlugs['staff-number'] }))
    await browser.type('#numero', numbers['staff-number'] ?? '')
    await browser.type('#naissance', '31/2/1985')
    await follow(browser, 'main form button[type=submit]')
    await browser.read('document.forms[0].naissance.value = ""')
    await browser.type('#naissance', typedDate)
    await follow(browser, 'main form button[type=submit]')
    expect(await browser.read('location.pathname')).toContain('/question-joker')
    await browser.press('a[data-corrects]')
    // An error page of the browser has the address too, and no form.
    await expect
      .poll(() => browser.read<number>('document.querySelectorAll("#numero").length').catch(() => 0))
      .toBe(1)
  })

  it.each(windows)('is walked as the guide says $how, and its scripts run', async ({ width, height }) => {
    browser = await start()
    await browser.resize(width, height)
    const person = demoPerson('clefevre')
    const typed = {
      number: person.numbers['staff-number'] ?? '',
      date: person.typedDate,
      answer: person.joker?.answer ?? '',
      password: `Tr0mbone&Cascade-${width}`,
    }
    const missing: string[] = []
    const check = async (shows: readonly string[]) => {
      const shown = await shownOn(browser)
      const path = await browser.read<string>('location.pathname')
      missing.push(...shows.filter(words => !shown.includes(fold(words))).map(words => `${path}: ${words}`))
      if (await browser.read<boolean>('document.documentElement.scrollWidth > innerWidth'))
        missing.push(`${path} is to be scrolled sideways`)
    }
    await browser.open(url + hrefIn('fr')('signIn'))
    const isNarrow = width < 1000
    for (const { shows, acts } of seed.steps) {
      // The menu and the long rules are folded in a narrow window.
      if (!isNarrow) await check(shows)
      for (const act of acts) await perform(browser, act, typed)
      if (acts.some(act => 'what' in act && act.what === 'password'))
        expect(
          await browser.read('[...document.querySelectorAll("[data-part]")].map(one => one.dataset.state)'),
        ).toEqual(['met', 'met', 'met', 'met', 'met'])
    }
    await check(seed.end.shows)
    await expect
      .poll(() => browser.read<number>('document.querySelectorAll("#suivi:not([data-pending])").length'))
      .toBe(1)
    expect(missing).toEqual([])
    expect(browser.faults ?? []).toEqual([])
  })
})
