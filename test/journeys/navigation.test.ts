import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/clock.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import {
  type BrowserUser,
  demoPerson,
  fold,
  hasChromium,
  launchChromium,
  launchWithPageCache,
  openBrowserUser,
} from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { startCookielessProxy } from '../world/cookieless-proxy.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/** A new password each time: the last three are refused. */
let count = 100
const chosen = () => {
  count += 1
  return `Tr0mbone&Cascade-${count}`
}
const steps = ['question-joker', 'nouveau', 'verification', 'termine', 'fin'] as const

describe.skipIf(!hasChromium() && process.env.CI !== 'true').each([
  { scripts: 'on', options: {} },
  { scripts: 'off', options: { javaScriptEnabled: false } },
])('moving about, scripts $scripts', ({ scripts, options }) => {
  const isScripted = scripts === 'on'
  let fixture: PortalFixture
  let browser: Browser
  let visitor: BrowserUser
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock })
    browser = await launchChromium()
  })
  beforeEach(async () => {
    await visitor?.leave()
    visitor = await openBrowserUser(browser, fixture.url, options)
    clock.forward(hours(1))
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  const written = async () =>
    (
      await fixture.application.store.read
        .selectFrom('audit_events')
        .select('kind')
        .where('kind', '=', 'password.written')
        .execute()
    ).length

  it.each(steps)(
    '« %s » without a cookie says so and leads to the start, or says that it expired',
    async step => {
      await visitor.open(`/fr/mot-de-passe/${step}`)
      if (step === 'fin') return expect(visitor.path()).toBe('/fr/mot-de-passe/fin')
      expect(visitor.path()).toBe('/fr/demarche-introuvable/mot-de-passe')
      expect(await visitor.text()).toContain('Il refuse peut-être les cookies, ou il les a effacés.')
      await visitor.follow('Recommencer')
      await visitor.page.waitForURL('**/fr/mot-de-passe')
    },
  )

  it.each(['identifiant', 'activation'])('the journey « %s » begins again where it begins', async start => {
    await visitor.open(`/fr/${start}/${start === 'activation' ? 'code' : 'question-joker'}`)
    expect(visitor.path()).toBe(`/fr/demarche-introuvable/${start}`)
    await visitor.follow('Recommencer')
    await visitor.page.waitForURL(`**/fr/${start}`)
  })

  it('a browser that lost its cookie in the middle is told so at the next press', async () => {
    await visitor.identify('clefevre', 'staff-number')
    await visitor.context.clearCookies()
    await visitor.answer(demoPerson('clefevre').joker?.answer ?? '')
    expect(visitor.path()).toBe('/fr/demarche-introuvable/mot-de-passe')
    expect(await visitor.text()).toContain('un mail vous le confirme')
  })

  it('a tab of another kind of journey is told that it is another, when it is sent and when it is reloaded', async () => {
    await visitor.identify('clefevre', 'staff-number')
    const other = await visitor.context.newPage()
    await other.goto(new URL('/fr/activation/identification/uid', fixture.url).href)
    await other.locator('#numero').fill('ext-odubois')
    await other.locator('#naissance').fill(demoPerson('odubois').typedDate)
    await other.getByRole('button', { name: 'Valider' }).click()
    await other.waitForURL('**/fr/activation/code')
    await visitor.answer(demoPerson('clefevre').joker?.answer ?? '')
    for (const again of [false, true]) {
      if (again) await visitor.open('/fr/mot-de-passe/question-joker')
      expect(visitor.path()).toBe('/fr/activation/code')
      expect(await visitor.text()).toContain("Cette page venait d'une autre démarche.")
    }
  })

  it('« Corriger le numéro ou la date » goes back in the history where scripts run, else to an empty form', async () => {
    const typed = demoPerson('clefevre').numbers['staff-number'] ?? ''
    await visitor.identify('clefevre', 'staff-number')
    await visitor.answer('faux')
    await visitor.page.getByRole('link', { name: 'Corriger le numéro ou la date' }).click()
    await visitor.page.waitForURL('**/identification/numero-personnel')
    // Forward is left only by a way back: a link would have begun a new history.
    const canGoForward = (await visitor.page.goForward().catch(() => null)) !== null
    expect(canGoForward).toBe(isScripted)
    if (canGoForward) await visitor.page.goBack()
    expect(visitor.path()).toBe('/fr/mot-de-passe/identification/numero-personnel')
    await visitor.page.locator('#numero').fill(typed)
    await visitor.page.locator('#naissance').fill(demoPerson('clefevre').typedDate)
    await visitor.submit()
    expect(visitor.path()).toBe('/fr/mot-de-passe/question-joker')
  })

  it('« Corriger le numéro ou la date » leads to the form in a tab that has no history, where a browser does not tell it', async () => {
    const context = visitor.page.context()
    await context.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined }))
    const form = '/fr/mot-de-passe/identification/numero-personnel'
    await visitor.open(form)
    const { numbers, typedDate } = demoPerson('clefevre')
    await visitor.page.locator('#numero').fill(numbers['staff-number'] ?? '')
    await visitor.page.locator('#naissance').fill(typedDate)
    const opened = context.waitForEvent('page')
    await visitor.page.locator('main button[type=submit]').click({ modifiers: ['ControlOrMeta'] })
    const tab = await opened
    await tab.waitForURL('**/question-joker')
    await tab.getByRole('link', { name: 'Corriger le numéro ou la date' }).click()
    await tab.waitForURL(`**${form}`, { timeout: 10_000 })
    await tab.close()
  })

  it('the sign-in says to a browser that refuses cookies that it must take them, where scripts run', async () => {
    await visitor.open('/fr/connexion')
    expect(await visitor.page.getByRole('alert').count()).toBe(0)
    await visitor.page.addInitScript(() =>
      Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false }),
    )
    await visitor.open('/fr/connexion')
    const said = fold((await visitor.page.getByRole('alert').allInnerTexts()).join())
    expect(said.includes('Ce navigateur refuse les cookies')).toBe(isScripted)
  })

  const unknownSignIn = 'Il refuse peut-être les cookies, ou il les a effacés.'

  it.each(['connexion', 'connexion/vers/adresses'])(
    '« %s » in a browser that refuses cookies says so after the right password',
    async path => {
      const proxy = await startCookielessProxy(fixture.url)
      const refusing = await openBrowserUser(browser, proxy.url, options)
      await refusing.open(`/fr/${path}`)
      const { page } = refusing
      await page.locator('#identifiant').fill('ybenali')
      await page.locator('#motdepasse').fill(demoPerson('ybenali').password ?? '')
      const loaded = page.waitForEvent('domcontentloaded')
      await page.getByRole('button', { name: 'Se connecter', exact: true }).click()
      await loaded
      expect(await refusing.text()).toContain(unknownSignIn)
      expect(await refusing.axeFaults()).toEqual([])
      await refusing.follow('Se connecter de nouveau')
      await page.waitForURL('**/fr/connexion/vers/**')
      await refusing.leave()
      await proxy.stop()
    },
  )

  it.each([
    'connexion/second-element/compte',
    'connexion/cle-d-acces/compte',
    'compte/mot-de-passe/aaaaaaaaaaaaaaaaaaaaaa',
  ])('« %s », where only a form leads, says without any cookie that they may be refused', async path => {
    await visitor.open(`/fr/${path}`)
    expect(await visitor.text()).toContain(unknownSignIn)
  })

  it('another language keeps the step; where scripts run it says first that what was typed will not follow', async () => {
    await visitor.identify('clefevre', 'staff-number')
    await visitor.page.locator('#reponse').fill('Félix')
    const link = visitor.page.getByRole('link', { name: 'English' })
    await link.click()
    if (isScripted) {
      const warning = visitor.page.getByRole('alert')
      await expect.poll(async () => fold(await warning.innerText())).toContain('ne suivra pas')
      expect(visitor.path()).toBe('/fr/mot-de-passe/question-joker')
      expect(await visitor.page.locator('#reponse').inputValue()).toBe('Félix')
      await link.click()
    }
    await visitor.page.waitForURL('**/en/mot-de-passe/question-joker')
    await visitor.page.getByRole('link', { name: 'Français' }).click()
    await visitor.page.waitForURL('**/fr/mot-de-passe/question-joker')
  })

  it('« Corriger le numéro ou la date » finds what was typed again in a browser that keeps pages for Back', async () => {
    const keeping = await launchWithPageCache()
    const person = await openBrowserUser(keeping, fixture.url, options)
    await person.identify('clefevre', 'staff-number')
    await person.page.getByRole('link', { name: 'Corriger le numéro ou la date' }).click()
    // A page that comes back as it was is not loaded, and no event says so.
    await expect.poll(person.path).toContain('/identification/numero-personnel')
    const { numbers, typedDate } = demoPerson('clefevre')
    const typed = ['#numero', '#naissance'].map(field => person.page.locator(field).inputValue())
    // Without scripts the link leads to the form, and Back finds it as it was.
    expect(await Promise.all(typed)).toEqual(isScripted ? [numbers['staff-number'], typedDate] : ['', ''])
    await keeping.close()
  })

  it('« Corriger le numéro ou la date » finds the form again that was refused before, with the date that was corrected', async () => {
    const keeping = await launchWithPageCache()
    const person = await openBrowserUser(keeping, fixture.url, options)
    await person.identify('clefevre', 'staff-number', { date: '31/2/1985' })
    expect(await person.page.locator('.summary').count()).toBe(1)
    await person.page.locator('#naissance').fill(demoPerson('clefevre').typedDate)
    await person.submit()
    await person.page.getByRole('link', { name: 'Corriger le numéro ou la date' }).click()
    await expect.poll(person.path).toContain('/identification/numero-personnel')
    await expect.poll(person.heading).toBe('Qui êtes-vous ?')
    // The browser fills in what it may keep: the number is offered to nobody else.
    const typed = isScripted ? ['', demoPerson('clefevre').typedDate] : ['', '']
    const values = ['#numero', '#naissance'].map(field => person.page.locator(field).inputValue())
    expect(await Promise.all(values)).toEqual(typed)
    await keeping.close()
  })

  it.each(steps)('« %s » opened too early leads back to the question', async step => {
    await visitor.identify('clefevre', 'staff-number')
    await visitor.open(`/fr/mot-de-passe/${step}`)
    expect(visitor.path()).toBe('/fr/mot-de-passe/question-joker')
  })

  it('Back to a form that met a fault opens it anew where scripts run; else the browser asks before it sends it again', async () => {
    await visitor.open('/fr/mot-de-passe/identification/numero-personnel')
    await visitor.page.locator('#numero').evaluate(field => field.remove())
    await visitor.submit()
    expect(await visitor.heading()).toBe("Nous n'avons pas compris cet envoi")
    await visitor.page.locator('main a.button').click()
    await visitor.page.waitForURL('**/fr/')
    const back = visitor.page.goBack()
    if (!isScripted) return expect(back).rejects.toThrow('ERR_CACHE_MISS')
    await back
    expect(await visitor.heading()).toBe('Qui êtes-vous ?')
  })

  it('Back after the answer does not lose the step: the next press leads to it', async () => {
    await visitor.prove('clefevre', 'staff-number')
    await visitor.page.goBack()
    await visitor.open('/fr/mot-de-passe/question-joker')
    expect(visitor.path()).toBe('/fr/mot-de-passe/nouveau')
  })

  it('Back after the end shows the end, and writes nothing again', async () => {
    await visitor.prove('clefevre', 'staff-number')
    await visitor.choose(chosen())
    const before = await written()
    await visitor.page.goBack()
    expect(visitor.path()).toBe('/fr/mot-de-passe/termine')
    await visitor.page.reload()
    expect(await visitor.text()).toContain('Votre mot de passe a bien été modifié')
    expect(await written()).toBe(before)
  })

  it('a reload of each step shows the same step', async () => {
    await visitor.identify('clefevre', 'staff-number')
    await visitor.page.reload()
    expect(visitor.path()).toBe('/fr/mot-de-passe/question-joker')
    await visitor.answer('faux')
    await visitor.page.goto(visitor.page.url())
    expect(await visitor.page.locator('#question').count()).toBe(1)
    await visitor.answer('felix')
    await visitor.page.reload()
    expect(visitor.path()).toBe('/fr/mot-de-passe/nouveau')
  })

  it('two tabs of one journey: the second to submit meets the end of the first', async () => {
    await visitor.prove('clefevre', 'staff-number')
    const before = await written()
    const other = await visitor.context.newPage()
    await other.goto(new URL('/fr/mot-de-passe/nouveau', fixture.url).href)
    await visitor.choose(chosen())
    const late = chosen()
    await other.locator('#nouveau').fill(late)
    await other.locator('#confirmation').fill(late)
    await other.locator('#charte').check()
    await other.getByRole('button', { name: 'Valider' }).click()
    expect(new URL(other.url()).pathname).toBe('/fr/mot-de-passe/termine')
    expect(await written()).toBe(before + 1)
  })

  it('a tab left from another journey is told so, and shown the current one', async () => {
    await visitor.prove('clefevre', 'staff-number')
    const left = visitor.page
    const other = await visitor.context.newPage()
    await other.goto(new URL('/fr/mot-de-passe/identification/uid', fixture.url).href)
    await other.locator('#numero').fill('ext-odubois')
    await other.locator('#naissance').fill(demoPerson('odubois').typedDate)
    await other.getByRole('button', { name: 'Valider' }).click()
    await visitor.choose(chosen())
    expect(new URL(left.url()).pathname).toBe('/fr/mot-de-passe/question-joker')
    expect(await visitor.text()).toContain("Cette page venait d'une autre démarche.")
    await visitor.answer(demoPerson('odubois').joker?.answer ?? '')
    expect(visitor.path()).toBe('/fr/mot-de-passe/nouveau')
  })

  it('a double click writes once', async () => {
    await visitor.prove('clefevre', 'staff-number')
    const before = await written()
    const password = chosen()
    await visitor.page.locator('#nouveau').fill(password)
    await visitor.page.locator('#confirmation').fill(password)
    await visitor.page.locator('#charte').check()
    await visitor.page.getByRole('button', { name: 'Valider' }).dblclick()
    await visitor.page.waitForURL('**/termine')
    expect(await written()).toBe(before + 1)
  })

  it('the same form sent twice at once writes once, and both requests lead to the end', async () => {
    const twice = newVisitor(fixture.url)
    await twice.answerJokerAsCamille()
    const before = await written()
    const page = await twice.get('/fr/mot-de-passe/nouveau')
    const password = chosen()
    const form = {
      nouveau: password,
      confirmation: password,
      charte: 'oui',
      demarche: twice.refIn(page.html),
    }
    const answers = await Promise.all([1, 2, 3, 4].map(() => twice.post('/fr/mot-de-passe/nouveau', form)))
    for (const { status, location } of answers) {
      expect(status).toBe(303)
      const next = await twice.get(location ?? '')
      expect(next.location ?? location).toMatch(/termine$/)
    }
    expect(await written()).toBe(before + 1)
  })

  it('a wrong answer sent twice at once costs one try', async () => {
    const twice = newVisitor(fixture.url)
    await twice.identify('numero-etudiant', '22104587', '3/11/2004')
    const page = await twice.get('/fr/mot-de-passe/question-joker')
    const form = { reponse: 'faux', demarche: twice.refIn(page.html) }
    await Promise.all([1, 2, 3, 4].map(() => twice.post('/fr/mot-de-passe/question-joker', form)))
    const tries = fixture.application.store.read
      .selectFrom('joker_tries')
      .select('id')
      .where('subject', '=', 'demo-ybenali')
    expect(await tries.execute()).toHaveLength(1)
    const again = await twice.post('/fr/mot-de-passe/question-joker', form)
    expect(textOf(again.html)).toContain('Il vous reste 4 essais.')
    expect(await tries.execute()).toHaveLength(1)
    expect(textOf((await twice.get('/fr/mot-de-passe/question-joker')).html)).toContain(
      'Il vous reste 4 essais.',
    )
  })

  it('after 15 minutes of rest the journey has expired, and says how to start again', async () => {
    await visitor.prove('clefevre', 'staff-number')
    clock.forward(minutes(16))
    await visitor.choose(chosen())
    expect(visitor.path()).toBe('/fr/mot-de-passe/fin')
    expect(await visitor.text()).toContain('Cette démarche a expiré')
    expect(await visitor.axeFaults()).toEqual([])
    await visitor.follow('Recommencer')
    expect(visitor.path()).toBe('/fr/mot-de-passe')
  })

  it('steps taken in time keep it open, one hour at most', async () => {
    await visitor.identify('clefevre', 'staff-number')
    for (const _ of [1, 2, 3, 4, 5]) {
      clock.forward(minutes(13))
      await visitor.page.reload()
    }
    expect(visitor.path()).toBe('/fr/mot-de-passe/fin')
  })

  it('of two journeys of one person the first to write ends the other, whose page says why', async () => {
    const other = await openBrowserUser(browser, fixture.url, options)
    await visitor.prove('clefevre', 'staff-number')
    await other.prove('clefevre', 'staff-number')
    await visitor.choose(chosen())
    await other.choose(chosen())
    expect(other.path()).toBe('/fr/mot-de-passe/fin')
    expect(await other.text()).toContain("Votre mot de passe vient d'être modifié")
    await other.leave()
  })

  it('another browser with the address of a step, but without its cookie, has no journey', async () => {
    await visitor.prove('clefevre', 'staff-number')
    const stranger = await openBrowserUser(browser, fixture.url, options)
    await stranger.open(visitor.path())
    expect(stranger.path()).toBe('/fr/demarche-introuvable/mot-de-passe')
    await stranger.leave()
  })

  it('« Ce n’est pas moi » freezes only at the button, and the journey then refuses as for anybody', async () => {
    await visitor.prove('odubois', 'uid')
    const password = chosen()
    await visitor.choose(password)
    const { read } = fixture.application.store
    await expect
      .poll(
        () => read.selectFrom('demo_mails').select('id').where('recipient', 'like', 'odubois%').execute(),
        {
          timeout: 20_000,
        },
      )
      .not.toHaveLength(0)
    await visitor.open('/fr/demo/mails')
    await visitor.page.locator('.lines li', { hasText: 'odubois' }).getByRole('link').first().click()
    await visitor.page.locator('pre a[href*="ce-n-est-pas-moi"]').click()
    expect(visitor.path()).toMatch(/^\/fr\/ce-n-est-pas-moi\//)
    expect(await visitor.axeFaults()).toEqual([])
    const opens = async () =>
      (await fixture.application.directory.bind('demo-odubois' as PersonId, password)).ok
    expect(await opens()).toBe(true)
    const pressed = visitor.page.waitForEvent('domcontentloaded')
    await visitor.page.locator('main button').click()
    await pressed
    expect(await visitor.axeFaults()).toEqual([])
    // Sent again by a reload, and Back to the link: it was done, and once.
    for (const again of [() => visitor.page.reload(), () => visitor.page.goBack()]) {
      await again()
      expect(await visitor.text()).toContain("c'est fait : un mail vous le confirme")
    }
    // The freeze takes effect at once; the random password is written afterwards.
    await expect.poll(opens).toBe(false)
    await visitor.identify('odubois', 'uid')
    expect(await visitor.page.locator('#question').innerText()).toContain('livre')
    await visitor.answer(demoPerson('odubois').joker?.answer ?? '')
    expect(await visitor.text()).toContain('Cette réponse ne correspond pas.')
  })
})
