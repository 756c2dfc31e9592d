import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../test/world/browser.ts'
import { definition } from '../journeys/password/password.ts'
import { newPasswordPage } from '../journeys/steps/new-password.page.tsx'
import { type PasswordReason, type Policy, presets } from '../password/policy.ts'
import { hrefIn } from '../routes.ts'
import { inEachLanguage, sayIn } from '../texts/texts.ts'
import { scriptFiles } from '../ui/script-files.ts'
import { branding } from '../ui/theme.ts'
import { createUi } from '../ui/ui.ts'
import { renderPage } from '../web/render.ts'

const dist = mkdtempSync(join(tmpdir(), 'sesame-browser-'))
let browser: Browser
let shell: ReturnType<typeof createUi>

beforeAll(async () => {
  await build({
    entryPoints: Object.values(scriptFiles).map(file =>
      join(import.meta.dirname, file.replace('.js', '.ts')),
    ),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    outdir: dist,
  })
  const font = join(import.meta.dirname, '..', 'ui', 'fonts', 'headings.woff2')
  copyFileSync(font, join(dist, 'headings.woff2'))
  writeFileSync(join(dist, 'sesame.css'), '.unseen{position:absolute}')
  shell = createUi({ branding: branding.parse({}), dist, sayIn })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  rmSync(dist, { recursive: true })
})

const open = async (policy: Policy = presets.uphf, ...reasons: readonly PasswordReason[]): Promise<Page> => {
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
  const problems = reasons.map(reason => ({ field: 'nouveau', reason }) as const)
  const journey = { ref: 'r', login: 'clefevre', charterAccepted: false, open: { until: 900_000, now: 0 } }
  const shown = { ui, context, policy, problems, ...journey }
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

  it.each([
    ['password-lacks-digit', 'digit'],
    ['password-leaked', 'guessable'],
    ['password-has-joker-answer', 'guessable'],
    ['password-in-history', 'history'],
    ['password-has-login', 'login'],
  ] as const)(
    'refused for %s, mark it until something is typed again, and nothing as met',
    async (reason, name) => {
      const page = await open(presets.uphf, reason)
      expect(await lineOf(page, name)).toMatchObject({ state: 'unmet', tone: 'bad', words: '(non respecté)' })
      expect(await page.locator('[data-state=met]').count()).toBe(0)
      expect(await page.locator('details.all-rules').getAttribute('open')).toBe(name === 'digit' ? null : '')
      await page.locator('#nouveau').fill('x')
      expect(await stateOf(page, name)).toBe('later')
      expect(await stateOf(page, 'lower')).toBe('met')
      await page.close()
    },
  )

  it('are folded until the whole text says what a short word does not', async () => {
    const page = await open()
    const isOpen = () =>
      page.locator('details.all-rules').evaluate(rules => (rules as HTMLDetailsElement).open)
    expect(await isOpen()).toBe(false)
    await page.locator('#nouveau').fill('abc')
    expect(await isOpen()).toBe(false)
    await page.locator('#nouveau').fill('a b')
    expect(await isOpen()).toBe(true)
    await page.close()
  })
})

describe('the form of a new password', () => {
  it('gives a password manager the login, and sends no field for it', async () => {
    const page = await open()
    const login = page.locator('input[autocomplete=username]')
    expect(await login.inputValue()).toBe('clefevre')
    const names = await page.evaluate(() => [...new FormData(document.forms[0] as HTMLFormElement).keys()])
    expect(names).toEqual(['demarche', 'nouveau', 'confirmation'])
    await page.locator('#nouveau').focus()
    await page.keyboard.press('Shift+Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('.unseen'))).toBe(null)
    await page.close()
  })

  it('sends a password from a field of passwords, also when it was shown', async () => {
    const page = await open()
    const types = () =>
      page
        .locator('#nouveau, #confirmation')
        .evaluateAll(inputs => inputs.map(one => (one as HTMLInputElement).type))
    await page.getByRole('button', { name: 'Afficher' }).click()
    expect(await types()).toEqual(['text', 'text'])
    await page.evaluate(() => {
      const [form] = document.forms
      form?.addEventListener('submit', event => event.preventDefault())
      form?.requestSubmit()
    })
    expect(await types()).toEqual(['password', 'password'])
    await page.close()
  })

  it('says politely that Caps Lock is on, beside the field, while one types there', async () => {
    const page = await open()
    const press = (isOn: boolean) =>
      page.evaluate(
        modifierCapsLock =>
          document
            .getElementById('confirmation')
            ?.dispatchEvent(new KeyboardEvent('keyup', { modifierCapsLock })),
        isOn,
      )
    const line = page.locator('.field:has(#confirmation) [role=status]')
    expect(await line.textContent()).toBe('')
    await press(true)
    expect(await line.textContent()).toBe('Le verrouillage des majuscules est actif.')
    await press(false)
    expect(await line.textContent()).toBe('')
    await page.close()
  })
})
