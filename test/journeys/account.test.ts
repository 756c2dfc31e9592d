import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAudit } from '../../src/audit/chain.ts'
import { hours, minutes } from '../../src/clock.ts'
import {
  type BrowserUser,
  demoPerson,
  hasChromium,
  launchChromium,
  openBrowserUser,
  overflows,
} from '../world/browser.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds = [
  { directory: 'embedded', store: 'PostgreSQL' },
  { directory: 'slapd', store: 'SQLite' },
] as const

describe.each(kinds.filter(available))('the account, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      clock,
      config: { limits: unlimited, joker: { freeQuestions: true } },
      people: 20,
    })
  })
  afterAll(() => fixture?.stop())

  const signedIn = async (login: string) => {
    const visitor = newVisitor(fixture.url)
    const external = kind.directory === 'slapd' && login === 'odubois'
    await visitor.signIn(external ? 'ext-odubois' : login, demoPerson(login).password ?? '')
    return visitor
  }
  const idOf = async (login: string) => {
    const found = await fixture.application.directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error('not found')
    return found.person.id
  }

  it('redirects a person without a joker or an address to set them, and accepts « later » three times', async () => {
    for (const left of [3, 2, 1]) {
      const visitor = await signedIn('nhaddad')
      expect((await visitor.get('/fr/compte')).location).toBe('/fr/compte/premier-jour')
      const page = textOf((await visitor.get('/fr/compte/premier-jour')).html)
      expect(page).toContain(`encore reporter ${left} fois`)
      expect((await visitor.post('/fr/compte/premier-jour', {})).location).toBe('/fr/compte')
      expect((await visitor.get('/fr/compte')).status).toBe(200)
    }
    const visitor = await signedIn('nhaddad')
    expect(textOf((await visitor.get('/fr/compte/premier-jour')).html)).not.toContain('Plus tard')
    await visitor.post('/fr/compte/premier-jour', {})
    expect((await visitor.get('/fr/compte')).location).toBe('/fr/compte/premier-jour')
  })

  it.each([
    ['her login', 'nhaddad', 'pas votre identifiant'],
    ['her name', 'Haddad', 'pas votre nom'],
    ['a word of the question', 'enfance', 'pas un mot de la question'],
    ['two letters', 'ab', 'plus longue'],
    ['what everybody answers', 'Paris', 'trop courante'],
    ['nothing', ' - ', 'Saisissez votre réponse'],
  ])('a joker answer that is %s is refused', async (_, reponse, sentence) => {
    const visitor = await signedIn('nhaddad')
    const answer = await visitor.submit('/fr/compte/question-joker', { question: 'town', reponse })
    expect(textOf(answer.refusal ?? '')).toContain(sentence)
  })

  it('the password of today is no answer either', async () => {
    const visitor = await signedIn('tpetit')
    const fields = { nouveau: 'Violon;Maree=19', confirmation: 'Violon;Maree=19', charte: 'oui' }
    const ancien = demoPerson('tpetit').password ?? ''
    expect((await visitor.post('/fr/compte/mot-de-passe', { ancien, ...fields })).status).toBe(303)
    const answer = await visitor.submit('/fr/compte/question-joker', {
      question: 'town',
      reponse: fields.nouveau,
    })
    expect(answer.refusal).not.toContain(fields.nouveau)
    expect(textOf(answer.refusal ?? '')).toContain(
      "Choisissez une réponse qui n'est pas dans votre mot de passe.",
    )
  })

  it('a joker that was chosen opens recovery, and ends a suspension', async () => {
    const journey = newVisitor(fixture.url)
    await journey.identify('numero-personnel', '198077', '2/5/1972')
    for (let tries = 0; tries < 5; tries += 1) await journey.answer(`faux ${tries}`)
    const visitor = await signedIn('nhaddad')
    const chosen = { question: 'town', reponse: 'Bourg-la-Reine-du-Nord' }
    expect((await visitor.post('/fr/compte/question-joker', chosen)).location).toBe('/fr/compte')
    const again = newVisitor(fixture.url)
    await again.identify('numero-personnel', '198077', '2/5/1972')
    expect((await again.answer('bourg la reine du nord')).location).toBe('/fr/mot-de-passe/nouveau')
    // A journey proved by the old answer ends with it: a stranger there cannot write.
    expect((await visitor.post('/fr/compte/question-joker', chosen)).location).toBe('/fr/compte')
    expect((await again.choose('Tr0mbone&Cascade-9')).location).not.toMatch(/(termine|verification)$/)
    expect((await again.get('/fr/mot-de-passe/fin')).status).toBe(410)
    expect(
      JSON.stringify(await fixture.application.store.read.selectFrom('jokers').selectAll().execute()),
    ).not.toMatch(/bourg/i)
  })

  it('where the institution allows it, a question may be the person’s own', async () => {
    const visitor = await signedIn('odubois')
    const answer = { question: 'propre', reponse: 'Zéphyrin' }
    const short = await visitor.submit('/fr/compte/question-joker', { ...answer, propre: 'Court ?' })
    expect(short.refusal).toContain('Court ?')
    const propre = 'Comment s’appelait le ouistiti de Mamie ?'
    expect((await visitor.post('/fr/compte/question-joker', { ...answer, propre })).location).toBe(
      '/fr/compte',
    )
    const journey = newVisitor(fixture.url)
    await journey.identify('uid', 'ext-odubois', '21/1/1979')
    expect(textOf((await journey.get('/fr/mot-de-passe/question-joker')).html)).toContain('ouistiti de Mamie')
    expect((await journey.answer('zephyrin')).location).toBe('/fr/mot-de-passe/nouveau')
  })

  it('the journal shows what was done and by whom, and nothing about other people', async () => {
    const visitor = await signedIn('nhaddad')
    const journal = textOf((await visitor.get('/fr/compte/journal')).html)
    expect(journal).toContain('Question joker choisie Par vous')
    expect(journal).toMatch(
      /Question joker fermée après trop de mauvaises réponses, jusqu'au .* Sans connexion, à l'instant/,
    )
    await expect
      .poll(async () => textOf((await visitor.get('/fr/compte/journal')).html))
      .toMatch(/Mail envoyé : « De mauvaises réponses à votre question joker »/)
    const stranger = await signedIn('ybenali')
    expect(textOf((await stranger.get('/fr/compte/journal')).html)).not.toContain('Question joker choisie')
  })

  it('the journal names an agent who looked at it, and marks an event of an unknown version', async () => {
    const person = await idOf('nhaddad')
    const audit = createAudit(() => fixture.application.crypto.keys.of('audit'), clock)
    await fixture.application.store.transaction(async tx => {
      await audit.append(tx, {
        chain: person,
        kind: 'account.viewed',
        by: { kind: 'operator', name: 'l.agent' },
      })
      await audit.append(tx, {
        chain: person,
        kind: 'later.invented' as 'account.viewed',
        by: { kind: 'system' },
      })
    })
    const visitor = await signedIn('nhaddad')
    const journal = textOf((await visitor.get('/fr/compte/journal')).html)
    expect(journal).toContain("Fiche consultée Par l'assistance (l.agent)")
    expect(journal).toContain('Autre action Par Sésame')
  })

  it('a wrong current password is the act of the signed-in person, from their device, with its date after a day', async () => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
    const visitor = newVisitor(fixture.url, { 'user-agent': agent })
    await visitor.signIn('nhaddad', demoPerson('nhaddad').password ?? '')
    const nouveau = 'Quai;Lanterne+41x'
    await visitor.post('/fr/compte/mot-de-passe', { ancien: 'faux', nouveau, confirmation: nouveau })
    const journal = async (who: typeof visitor) => textOf((await who.get('/fr/compte/journal')).html)
    expect(await journal(visitor)).toMatch(
      /Mot de passe actuel refusé Par vous, depuis Chrome sur Linux, à l'instant/,
    )
    clock.forward(hours(25))
    expect(await journal(await signedIn('nhaddad'))).toMatch(
      /Mot de passe actuel refusé Par vous, depuis Chrome sur Linux, \d+(er)? \p{L}+ \d{4} à \d\d:\d\d/u,
    )
  })

  it('its export is a file that only a fresh sign-in opens, in both forms, and changes nothing', async () => {
    const visitor = await signedIn('nhaddad')
    const events = () =>
      fixture.application.store.read.selectFrom('audit_events').select('sequence').execute()
    const before = (await events()).length
    const csv = await visitor.get('/fr/compte/journal/journal.csv')
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="journal.csv"')
    expect(csv.html).toContain('"Question joker choisie";"Par vous";;"Question joker choisie"')
    const json = JSON.parse((await visitor.get('/fr/compte/journal/compte.json')).html)
    expect(json.identity.login).toBe('nhaddad')
    expect(json.joker.question).toContain('enfance')
    expect(JSON.stringify(json)).not.toMatch(/argon|hash|salt/i)
    expect((await events()).length).toBe(before)
    clock.forward(minutes(11))
    expect((await visitor.get('/fr/compte/journal/compte.json')).location).toBe(
      '/fr/connexion/confirmer/journal',
    )
    expect((await newVisitor(fixture.url).get('/fr/compte/journal/compte.json')).location).toBe(
      '/fr/connexion/vers/journal',
    )
  })
})

describe.skipIf(!hasChromium() && process.env.CI !== 'true')('the account in a browser', () => {
  let fixture: PortalFixture
  let browser: Browser
  beforeAll(async () => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', config: { limits: unlimited } })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await fixture?.stop()
  })

  const look = async (visitor: BrowserUser) => {
    expect(await visitor.axeFaults(), visitor.path()).toEqual([])
    expect(await overflows(visitor.page), visitor.path()).toBe(false)
  }
  const press = async (visitor: BrowserUser, name: string | RegExp) => {
    const loaded = visitor.page.waitForEvent('domcontentloaded')
    await visitor.page.getByRole('button', { name }).first().click()
    await loaded
  }
  /** In a small window the button is in the menu. */
  const signOut = async (visitor: BrowserUser) => {
    const menu = visitor.page.getByRole('button', { name: 'Menu' })
    if (await menu.isVisible()) await menu.click()
    await press(visitor, 'Se déconnecter')
  }
  const codeFor = async (recipient: string) => {
    const mails = async () =>
      (await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()).filter(
        mail => mail.recipient === recipient,
      )
    await expect.poll(async () => (await mails()).length).toBeGreaterThan(0)
    return /\d{4}\s\d{4}/.exec((await mails())[0]?.body ?? '')?.[0] ?? ''
  }

  const firstDay = async (visitor: BrowserUser, login: string, address: string) => {
    const { page } = visitor
    await visitor.open('/fr/')
    await page.goto(new URL('/fr/compte', fixture.url).href)
    expect(visitor.path()).toBe('/fr/connexion/vers/compte')
    await look(visitor)
    await page.locator('#identifiant').fill(login)
    await page.locator('#motdepasse').fill(demoPerson(login).password ?? '')
    await press(visitor, 'Se connecter')
    expect(visitor.path()).toBe('/fr/compte/premier-jour')
    await look(visitor)
    await page.goto(new URL('/fr/compte/adresses', fixture.url).href)
    await look(visitor)
    await page.locator('#mail').fill(address)
    await press(visitor, 'Recevoir un code')
    await look(visitor)
    await page.locator('#code').fill(await codeFor(address))
    await visitor.submit()
    expect(await visitor.text()).toContain(address)
    await look(visitor)
    await page.goto(new URL('/fr/compte/question-joker', fixture.url).href)
    await visitor.submit()
    expect(await page.locator('.summary').innerText()).toContain('Choisissez une question')
    await look(visitor)
    await page.getByRole('radio').first().check()
    await page.locator('#reponse').fill('Zéphyrin le ouistiti')
    await visitor.submit()
    expect(await visitor.heading()).toContain('Bonjour')
    await look(visitor)
  }

  const change = async (visitor: BrowserUser, login: string) => {
    const { page } = visitor
    await page.getByRole('link', { name: /^Changer.*Mot de passe/ }).click()
    await page.waitForURL('**/compte/mot-de-passe')
    await look(visitor)
    await page.locator('#ancien').fill(demoPerson(login).password ?? '')
    await visitor.choose('Tr0mbone&Cascade-3')
    expect(await visitor.text()).toContain('Votre mot de passe a bien été modifié')
    await look(visitor)
    for (const name of ['sessions', 'journal']) {
      await visitor.open(`/fr/compte/${name}`)
      await look(visitor)
    }
    await signOut(visitor)
    expect(await visitor.heading()).toBe('Déconnexion terminée')
    await look(visitor)
  }

  it.each([
    ['on, at 320 px', 'clefevre', { viewport: { width: 320, height: 640 } }],
    ['off, at night', 'ybenali', { javaScriptEnabled: false, colorScheme: 'dark' as const }],
  ] as const)(
    'from the first day to a new password, scripts %s',
    { timeout: 300_000 },
    async (_, login, options) => {
      const visitor = await openBrowserUser(browser, fixture.url, options)
      await firstDay(visitor, login, `${login}@ailleurs.example`)
      await change(visitor, login)
      expect(visitor.faults).toEqual([])
      await visitor.leave()
    },
  )

  it('a session ended elsewhere, and a second tab: each page leads to sign-in and back', {
    timeout: 60_000,
  }, async () => {
    const visitor = await openBrowserUser(browser, fixture.url)
    const { page } = visitor
    const sign = async () => {
      await page.locator('#identifiant').fill('tpetit')
      await page.locator('#motdepasse').fill(demoPerson('tpetit').password ?? '')
      await press(visitor, 'Se connecter')
    }
    await visitor.open('/fr/compte/sessions')
    await sign()
    expect(visitor.path()).toBe('/fr/compte/sessions')
    const tab = await visitor.context.newPage()
    await tab.goto(new URL('/fr/compte/journal', fixture.url).href)
    const elsewhere = newVisitor(fixture.url)
    await elsewhere.signIn('tpetit', demoPerson('tpetit').password ?? '')
    await elsewhere.post('/fr/compte/sessions', { session: 'autres' })
    await tab.reload()
    expect(new URL(tab.url()).pathname).toBe('/fr/connexion/session-terminee/journal')
    expect(await tab.locator('h1').innerText()).toBe('Votre session est terminée')
    await tab.getByRole('link', { name: 'Se connecter de nouveau' }).click()
    expect(new URL(tab.url()).pathname).toBe('/fr/connexion/vers/journal')
    await signOut(visitor)
    expect(await visitor.heading()).toBe('Déconnexion terminée')
    await visitor.leave()
  })
})
