import type { Browser, Page } from 'playwright-core'
import type { PictureName } from '../../src/help/pictures.ts'
import { hrefIn, numberSlugs, type RouteName } from '../../src/routes.ts'
import type { Language } from '../../src/texts/texts.ts'
import { appOf } from '../world/factors.ts'

/** Called for each page of the walk: takes its picture, or compares its text. */
export type Take = (name: PictureName, page: Page) => Promise<void>

/** The screen of a phone, which most readers of the help use. */
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5 } as const

/** The receipt once every service was proved; reloaded, as without scripts. */
const proved = async (page: Page) => {
  for (let read = 0; read < 60; read += 1) {
    if ((await page.locator('#suivi:not([data-pending])').count()) > 0) return
    await page.waitForTimeout(1000)
    await page.reload()
  }
  throw new Error('the receipt still waits after a minute')
}

/** Visits every page that the help pictures, on a new demonstration. */
export const walkForPictures = async (
  browser: Browser,
  url: string,
  language: Language,
  take: Take,
): Promise<void> => {
  const href = hrefIn(language)
  const someone = async () => {
    const context = await browser.newContext({ ...phone, reducedMotion: 'reduce', locale: language })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const open = (route: RouteName, params?: Readonly<Record<string, string>>) =>
      page.goto(url + href(route, params))
    const submit = async (button = 'main form button[type=submit]') => {
      const loaded = page.waitForEvent('load')
      await page.locator(button).first().click()
      await loaded
    }
    const identify = async (
      route: RouteName,
      kind: keyof typeof numberSlugs,
      [number, date]: readonly [string, string],
    ) => {
      await open(route, { kind: numberSlugs[kind] })
      await page.locator('#numero').fill(number)
      await page.locator('#naissance').fill(date)
      await submit()
    }
    const choose = async (password: string) => {
      await page.locator('#nouveau').fill(password)
      await page.locator('#confirmation').fill(password)
      await page.locator('#charte').check()
      await submit('main form > button[type=submit]')
    }
    const signIn = async (login: string, password: string) => {
      await open('signIn')
      await page.locator('#identifiant').fill(login)
      await page.locator('#motdepasse').fill(password)
      await submit()
    }
    return { page, open, submit, identify, choose, signIn, leave: () => context.close() }
  }

  const recover = async () => {
    const { page, open, submit, identify, choose, leave } = await someone()
    await open('signIn')
    await take('sign-in', page)
    await take('sign-in-passkey', page)
    await open('forgotten')
    await take('forgotten', page)
    await take('forgotten-identifier', page)
    await open('chooseNumber')
    for (const population of ['student', 'staff', 'external'] as const)
      await take(`choose-${population}`, page)
    const numbers = { student: 'student-number', staff: 'staff-number', external: 'uid' } as const
    for (const population of ['student', 'external', 'staff'] as const) {
      await open('identify', { kind: numberSlugs[numbers[population]] })
      await take(`identify-${population}`, page)
    }
    await identify('identify', 'staff-number', ['204518', '14/07/1985'])
    await take('joker', page)
    await page.locator('#reponse').fill('Félix')
    await submit()
    await take('new-password', page)
    await choose('Tr0mbone&Cascade-3')
    await proved(page)
    await take('done', page)
    await leave()
  }

  const recoverIdentifier = async () => {
    const { page, submit, identify, leave } = await someone()
    await identify('identifyForIdentifier', 'student-number', ['22104587', '03/11/2004'])
    await page.locator('#reponse').fill('Saint-Amand-les-Eaux')
    await submit()
    await take('identifier-done', page)
    await leave()
  }

  const activate = async () => {
    const { page, submit, identify, choose, leave } = await someone()
    await identify('identifyForActivation', 'student-number', ['22609431', '29/02/2008'])
    await take('activation-code', page)
    await page.locator('#code').fill('DEMA-RRER-SESA-ME26')
    await submit()
    await choose('Canal&Pommier=58')
    await take('activation-joker', page)
    await page.locator('input[name=question]').first().check()
    await page.locator('#reponse').fill('Rantanplan-du-Nord')
    await submit()
    await take('activation-address', page)
    for (const _ of ['address', 'mobile']) await submit('button[name=passer]')
    await take('activation-done', page)
    await leave()
  }

  const lookAfter = async () => {
    const { page, open, submit, signIn, leave } = await someone()
    await signIn('tpetit', 'Bienvenue!2026t')
    await open('account')
    const later = page.locator('main form[action*=premier-jour] button')
    if ((await later.count()) > 0) await submit('main form[action*=premier-jour] button')
    await open('account')
    await take('account', page)
    await open('addresses')
    await take('addresses', page)
    await open('changePassword')
    await take('change-password', page)
    await open('authenticator')
    await submit()
    const app = appOf(await page.locator('.letters').innerText())
    await page.locator('#code').fill(app(Date.now()))
    await submit()
    await leave()
    const again = await someone()
    await again.signIn('tpetit', 'Bienvenue!2026t')
    await take('second-factor', again.page)
    await again.leave()
  }

  /** The mail of the recovery above, on the mailbox page of the demonstration. */
  const notMe = async () => {
    const { page, open, leave } = await someone()
    const links = page.locator('main a[href*="ce-n-est-pas-moi"]')
    for (let asked = 0; asked < 60; asked += 1) {
      await open('demoMails')
      const mails = await page
        .locator('main .lines a')
        .evaluateAll(all => all.map(one => [one.textContent, one.getAttribute('href')] as const))
      const changed = mails.find(([subject]) => /modifié|changed/.test(subject ?? ''))
      if (changed) {
        await page.goto(url + changed[1])
        break
      }
      await page.waitForTimeout(500)
    }
    const to = (await links.first().getAttribute('href')) ?? ''
    await page.goto(url + new URL(to).pathname)
    await take('not-me', page)
    await leave()
  }

  await recover()
  await recoverIdentifier()
  await activate()
  await lookAfter()
  await notMe()
}
