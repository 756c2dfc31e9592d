import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definition } from '../journeys/password/password.ts'
import { newPasswordPage } from '../journeys/steps/new-password.page.tsx'
import { type Policy, presets } from '../password/policy.ts'
import { hrefIn } from '../routes.ts'
import { inEachLanguage } from '../texts/texts.ts'
import { branding } from '../ui/theme.ts'
import { createUi } from '../ui/ui.ts'
import { renderPage } from '../web/render.ts'

const dist = mkdtempSync(join(tmpdir(), 'sesame-browser-'))
let browser: Browser
let shell: ReturnType<typeof createUi>

beforeAll(async () => {
  await build({
    entryPoints: ['browser.ts', 'passkey.ts'].map(script => join(import.meta.dirname, script)),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    outdir: dist,
  })
  writeFileSync(join(dist, 'sesame.css'), '.unseen{position:absolute}')
  shell = createUi({ branding: branding.parse({}), dist })
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
})
afterAll(async () => {
  await browser.close()
  rmSync(dist, { recursive: true })
})

const open = async (policy: Policy = presets.uphf, typed = ''): Promise<Page> => {
  const ui = shell.ui({
    ...{
      language: 'fr',
      hrefs: inEachLanguage(language => hrefIn(language, '')),
      route: 'newPassword',
      params: {},
    },
    charterVersion: '1',
    demonstration: true,
  })
  const context = { definition, page: 'newPassword', step: 3, heading: 'new.title' } as const
  const shown = { ui, context, ref: 'r', policy, typed, problems: [], charterAccepted: false, expiresAt: 0 }
  const page = await browser.newPage()
  page.setDefaultTimeout(5000)
  await page.setContent(renderPage(newPasswordPage(shown)))
  return page
}

/** State, tone, hidden words and icon of one line or part, as a person would meet them. */
const lineOf = (page: Page, name: string) =>
  page.$eval(`[data-line="${name}"], [data-part="${name}"]`, item => ({
    state: item.getAttribute('data-state'),
    tone: item.className,
    words: item.querySelector(':scope > span > .unseen')?.textContent?.trim(),
    icon: item.querySelector('path')?.getAttribute('d'),
  }))
const stateOf = async (page: Page, name: string) => (await lineOf(page, name)).state

const waitForStatus = (page: Page, words: RegExp) =>
  page.locator('#regles [role=status]').filter({ hasText: words }).waitFor({ state: 'attached' })

describe('the rules while one types', () => {
  it('show each state by text, icon and colour, and mark as unmet only what more typing cannot meet', async () => {
    const page = await open()
    await page.locator('#nouveau').pressSequentially('Lampe-verte du')
    const [special, space, digit] = await Promise.all(
      ['special', 'spaces', 'digit'].map(name => lineOf(page, name)),
    )
    expect(special).toMatchObject({ state: 'met', tone: 'good', words: '(respecté)' })
    expect(space).toMatchObject({ state: 'unmet', tone: 'bad', words: '(non respecté)' })
    expect(digit).toMatchObject({ state: 'later', tone: '', words: '(non respecté)' })
    expect(new Set([special?.icon, space?.icon, digit?.icon]).size).toBe(3)
    await page.locator('#confirmation').focus()
    expect(await lineOf(page, 'digit')).toMatchObject({ state: 'unmet', tone: 'bad' })
    await page.close()
  })

  it('leave undecided what only the server checks', async () => {
    const page = await open()
    await page.locator('#nouveau').fill('Tr0mbone&Cascade-3')
    const names = ['composition', 'spaces', 'ascii', 'login', 'history', 'guessable']
    expect(await Promise.all(names.map(name => stateOf(page, name)))).toEqual([
      'met',
      'met',
      'met',
      'later',
      'later',
      'later',
    ])
    await page.close()
  })

  it('follow the policy of the page', async () => {
    const page = await open(presets.nist)
    await page.locator('#nouveau').fill('chat vert sur lune')
    expect(await stateOf(page, 'spaces')).toBe('met')
    expect(await page.locator('[data-part]').count()).toBe(1)
    await page.close()
  })

  it('are announced in one sentence once typing pauses', async () => {
    const page = await open()
    await page.locator('#nouveau').fill('Tr0mbone Cascade é')
    await waitForStatus(page, /Il reste 3 règles à respecter/)
    await page.locator('#nouveau').fill('Tr0mbone&Cascade-3')
    await waitForStatus(page, /Les règles visibles ici sont respectées/)
    await page.locator('#confirmation').fill('Tr0mbone&Cascade-4')
    await waitForStatus(page, /Les deux saisies diffèrent/)
    await page.locator('#confirmation').fill('Tr0mbone&Cascade-3')
    await waitForStatus(page, /Les règles visibles ici sont respectées/)
    await page.close()
  })

  it('keep the state computed by the server until something is typed again', async () => {
    const page = await open(presets.uphf, 'Lampe-verte-du')
    expect(await stateOf(page, 'digit')).toBe('unmet')
    await page.locator('#nouveau').fill('x')
    expect(await stateOf(page, 'special')).toBe('later')
    expect(await stateOf(page, 'lower')).toBe('met')
    await page.close()
  })
})
