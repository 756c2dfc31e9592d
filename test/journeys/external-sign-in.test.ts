import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalSlugs } from '../../src/account/sign-in/external/refusals.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import type { AtServer } from '../world/at-server.ts'
import { enrolApp, optionsIn } from '../world/factors.ts'
import { browserAt, type Institution, institutions } from '../world/identity-servers.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const config = {
  limits: {
    ...{ postsPerSecond: 1e6, postsPerSecondPerNetwork: 1e6, signInPerNetwork: 1e6 },
  },
  signIn: { returns: { ent: 'https://ent.univ.example/' } },
}

describe.each(institutions)('sign-in through $name', ({ start }) => {
  let institution: Institution
  beforeAll(async () => {
    institution = await start(config)
  }, 120_000)
  afterAll(() => institution?.stop())

  const portal = () => institution.rig
  const newBrowser = () => ({ here: newVisitor(portal().url), there: browserAt(institution) })
  type InBrowser = ReturnType<typeof newBrowser>

  /** From the button of our page to the address where the browser is led. */
  const leave = async ({ here }: Pick<InBrowser, 'here'>, path = '/fr/connexion', fields = {}) => {
    const begun = await here.post(path, fields)
    const page = await here.get(begun.location ?? '/nowhere')
    return new URL((page.headers.get('refresh') ?? '').replace('0; url=', ''))
  }
  const sent = async (there: AtServer, to: URL, login?: string, own = ownOf(login)) => {
    const came = await there.signIn(to, login ? { login, password: institution.passwordOf(own) } : undefined)
    if (!('sent' in came)) throw new Error(`still there: ${textOf(came.page)}`)
    return `${came.sent.pathname}${came.sent.search}`
  }
  const ownOf = (login = '') => `Bienvenue!2026${login.replace('ext-', '')[0]}`
  /** Signs in there, and comes back. */
  const enter = async (browser: InBrowser, login: string, path?: string) =>
    browser.here.get(await sent(browser.there, await leave(browser, path), login))
  const signedIn = async (login = 'clefevre') => {
    const browser = newBrowser()
    expect((await enter(browser, login)).location).toBe('/fr/compte')
    return browser
  }
  const isIn = async ({ here }: InBrowser) => (await here.get('/fr/compte/sessions')).status === 200
  const growOld = () =>
    portal().house.store.transaction(tx => tx.updateTable('sessions').set({ fresh_until: 0 }).execute())
  const idOf = async (login: string): Promise<PersonId> => {
    const found = await portal().house.directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error('nobody')
    return found.person.id
  }
  const external = () => (institution.kind === 'cas' ? 'ext-odubois' : 'odubois')

  it('takes the place of our page: no password is typed here, and a look leaves nothing behind', async () => {
    const { here } = newBrowser()
    const page = await here.get('/fr/connexion')
    expect(page.html).not.toContain('type="password"')
    expect(textOf(page.html)).toContain('Mot de passe oublié ?')
    expect(textOf(page.html)).toContain(new URL(institution.url).host)
    expect(page.headers.getSetCookie()).toEqual([])
    const typed = await here.signIn('clefevre', ownOf('clefevre'))
    expect(typed.location).toBe('/fr/connexion/depart')
    expect((await here.post('/fr/connexion/cle-d-acces/compte', {})).location).toBe(
      '/fr/connexion/vers/compte',
    )
    expect(here.cookies.has('__Host-session')).toBe(false)
  })

  it('has pages of 14 KB at most', async () => {
    const { here } = newBrowser()
    await here.post('/fr/connexion', {})
    const refusals = Object.values(refusalSlugs).map(why => `/fr/connexion/refusee/${why}`)
    for (const path of ['/fr/connexion', '/fr/connexion/depart', ...refusals]) {
      const { status, html } = await here.get(path)
      expect(status, path).toBe(200)
      expect(gzipSync(html).length, path).toBeLessThan(14_336)
    }
  })

  it('opens a session, and leads to the page that was asked for', async () => {
    const browser = newBrowser()
    expect((await browser.here.get('/fr/compte/sessions')).location).toBe('/fr/connexion/vers/sessions')
    const back = await enter(browser, 'clefevre', '/fr/connexion/vers/sessions')
    expect(back.location).toBe('/fr/compte/sessions')
    expect(back.headers.getSetCookie().join()).toMatch(/__Host-away=; Path=\/; Max-Age=0/)
    const page = await browser.here.get('/fr/compte/sessions')
    expect(textOf(page.html)).toContain(
      institution.kind === 'cas' ? "Par l'ENT" : "Par le service d'identité",
    )
  })

  it('leads to a configured address, and to no other', async () => {
    const ent = await enter(newBrowser(), 'clefevre', '/fr/connexion/vers/ent')
    expect(ent.location).toBe('https://ent.univ.example/')
    expect((await newBrowser().here.post('/fr/connexion/vers/evil.example', {})).status).toBe(404)
  })

  it('goes on after a restart of Sésame in the middle', async () => {
    const browser = newBrowser()
    const to = await leave(browser)
    await institution.restart()
    const back = await browser.here.get(await sent(browser.there, to, 'clefevre'))
    expect(back.location).toBe('/fr/compte')
    expect(await isIn(browser)).toBe(true)
  })

  it('an answer opens nothing in another browser (login CSRF), nor under another state', async () => {
    const [mine, victim, away] = [newBrowser(), newBrowser(), newBrowser()]
    const answer = await sent(mine.there, await leave(mine), 'clefevre')
    expect((await victim.here.get(answer)).location).toBe('/fr/connexion/refusee/trop-tard')
    await leave(away)
    expect((await away.here.get(answer)).location).toBe('/fr/connexion/refusee/trop-tard')
    expect([await isIn(victim), await isIn(away)]).toEqual([false, false])
    const forged = answer.replace(/state=[\w-]+/, `state=${'x'.repeat(43)}`)
    expect((await mine.here.get(forged)).location).toBe('/fr/connexion/refusee/trop-tard')
    // None of it ended what the first browser waits for.
    expect((await mine.here.get(answer)).location).toBe('/fr/compte')
  })

  it('an answer serves once: « reload » leads to the account, and a later sign-in does not take it', async () => {
    const browser = newBrowser()
    const answer = await sent(browser.there, await leave(browser), 'clefevre')
    await browser.here.get(answer)
    const sessions = () => portal().house.store.read.selectFrom('sessions').select('id').execute()
    const before = await sessions()
    expect((await browser.here.get(answer)).location).toBe('/fr/compte')
    expect(await sessions()).toEqual(before)
    const later = newBrowser()
    const asked = await leave(later)
    const state =
      asked.searchParams.get('state') ??
      new URL(asked.searchParams.get('service') ?? '').searchParams.get('state')
    const spliced = answer.replace(/state=[\w-]+/, `state=${state}`)
    expect((await later.here.get(spliced)).location).toBe('/fr/connexion/refusee/non-confirmee')
    expect(await isIn(later)).toBe(false)
  })

  it('a made-up answer is asked of the server, and refused, ten times at most', async () => {
    const browser = newBrowser()
    const to = await leave(browser)
    const answer = await sent(browser.there, to, 'clefevre')
    const madeUp = answer.replace(/(ticket|code)=[^&]+/, '$1=ST-made-up')
    for (let tries = 0; tries < 10; tries += 1)
      expect((await browser.here.get(madeUp)).location).toBe('/fr/connexion/refusee/non-confirmee')
    expect((await browser.here.get(answer)).location).toBe('/fr/connexion/refusee/trop-tard')
  })

  it('before what is sensitive the server asks again, whoever is signed in there', {
    timeout: 60_000,
  }, async () => {
    const browser = await institution.longAgo(() => signedIn())
    await growOld()
    expect((await browser.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
    const page = await browser.here.get('/fr/connexion/confirmer/adresses')
    expect(page.html).not.toContain('type="password"')
    // A password typed here proves nothing any more: the form leads there.
    const old = browser.here.cookies.get('__Host-session')
    const to = await leave(browser, '/fr/connexion/confirmer/adresses', { motdepasse: ownOf('clefevre') })
    const password = institution.passwordOf(ownOf('clefevre'))
    const came = await browser.there.signIn(to, { login: 'clefevre', password })
    if (!('sent' in came)) throw new Error('still there')
    expect(came.asked).toBe(true)
    const back = await browser.here.get(`${came.sent.pathname}${came.sent.search}`)
    expect(back.location).toBe('/fr/compte/adresses')
    expect((await browser.here.get('/fr/compte/adresses')).status).toBe(200)
    expect(browser.here.cookies.get('__Host-session')).not.toBe(old)
  })

  it('a silent return of an old sign-in confirms nothing', { timeout: 60_000 }, async () => {
    const browser = await institution.longAgo(() => signedIn())
    await growOld()
    const to = await leave(browser, '/fr/connexion/confirmer/adresses')
    for (const name of ['renew', 'prompt', 'max_age']) to.searchParams.delete(name)
    const back = await browser.here.get(await sent(browser.there, to))
    expect(back.location).toBe('/fr/connexion/refusee/non-confirmee')
    expect((await browser.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
  })

  it('somebody else who confirms changes nothing', async () => {
    const browser = await signedIn()
    await growOld()
    const to = await leave(browser, '/fr/connexion/confirmer/adresses')
    const stranger = browserAt(institution)
    const back = await browser.here.get(await sent(stranger, to, 'ybenali'))
    expect(back.location).toBe('/fr/connexion/refusee/autre-personne')
    expect((await browser.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
  })

  it('signing out there ends the session here, and no other', async () => {
    const [mine, phone, stranger] = [await signedIn(), await signedIn(), await signedIn('ybenali')]
    await institution.signOutThere(mine.there)
    await expect.poll(() => isIn(mine), { timeout: 5000 }).toBe(false)
    expect([await isIn(phone), await isIn(stranger)]).toEqual([true, true])
    const journal = await phone.here.get('/fr/compte/journal')
    expect(textOf(journal.html)).toMatch(/Session/)
  })

  it('signing out there after a confirmation ends the session here too', { timeout: 60_000 }, async () => {
    const browser = await institution.longAgo(() => signedIn())
    await growOld()
    const to = await leave(browser, '/fr/connexion/confirmer/adresses')
    await browser.here.get(await sent(browser.there, to, 'clefevre'))
    expect((await browser.here.get('/fr/compte/adresses')).status).toBe(200)
    await institution.signOutThere(browser.there)
    await expect.poll(() => isIn(browser), { timeout: 5000 }).toBe(false)
  })

  it('signing out here says that one is still signed in there, and where to end that', async () => {
    const browser = await signedIn()
    await browser.here.post('/fr/deconnexion', {})
    expect(await isIn(browser)).toBe(false)
    const page = await browser.here.get('/fr/deconnexion')
    expect(textOf(page.html)).toContain(`Me déconnecter aussi de ${new URL(institution.url).host}`)
  })

  it('whoever the directory does not know, or whose account is shut, is told so', async () => {
    const { house } = portal()
    if (institution.kind === 'oidc') {
      const unknown = newBrowser()
      expect((await enter(unknown, 'nobody-here')).location).toBe('/fr/connexion/refusee/inconnue')
      const page = textOf((await unknown.here.get('/fr/connexion/refusee/inconnue')).html)
      expect(page).toContain("l'annuaire où Sésame lit les comptes ne vous connaît pas")
    }
    const { there } = await signedIn(external())
    await house.notMe.freezeByDesk(await idOf(external()), 'desk', 'test')
    const again = { here: newVisitor(portal().url), there }
    const back = await again.here.get(await sent(there, await leave(again)))
    expect(back.location).toBe('/fr/connexion/refusee/fermee')
    expect(await isIn(again)).toBe(false)
  })

  it('a second factor of Sésame is asked for, since the server did not', async () => {
    const browser = await signedIn('nhaddad')
    const { app } = await enrolApp(browser.here, Date.now)
    const again = newBrowser()
    const back = await enter(again, 'nhaddad', '/fr/connexion/vers/sessions')
    expect(back.location).toBe('/fr/connexion/second-element/sessions')
    expect(await isIn(again)).toBe(false)
    const code = app(Date.now() + 30_000)
    const right = await again.here.post('/fr/connexion/second-element/sessions', { code })
    expect(right.location).toBe('/fr/compte/sessions')
    await institution.signOutThere(again.there)
    await expect.poll(() => isIn(again), { timeout: 5000 }).toBe(false)
    // Ended there while the second factor was still asked for: it opens nothing here.
    const waiting = newBrowser()
    await enter(waiting, 'nhaddad')
    await institution.signOutThere(waiting.there)
    await expect
      .poll(async () => (await waiting.here.get('/fr/connexion/second-element/compte')).status)
      .toBe(303)
  })

  it('none of ours is asked for where the provider says that it asked for one', async () => {
    if (!institution.asSecondFactor) return
    const again = newBrowser()
    const back = await institution.asSecondFactor(() => enter(again, 'nhaddad'))
    expect(back.location).toBe('/fr/compte')
    expect(await isIn(again)).toBe(true)
  })

  it('a passkey confirms too, once, and only that of the person', async () => {
    const owner = await signedIn('tpetit')
    const origin = `http://localhost:${new URL(portal().url).port}`
    const key = newSecurityKey({ origin, host: 'localhost' })
    await owner.here.post('/fr/compte/cles-d-acces', { action: 'commencer' })
    const made = key.make(optionsIn((await owner.here.get('/fr/compte/cles-d-acces/nouvelle')).html))
    await owner.here.post('/fr/compte/cles-d-acces/nouvelle', { nom: 'Clé', cle: made })
    const tried = key.sign(optionsIn((await owner.here.get('/fr/compte/cles-d-acces/essai')).html))
    await owner.here.post('/fr/compte/cles-d-acces/essai', { cle: tried })
    await growOld()
    const confirm = '/fr/connexion/confirmer/adresses/cle-d-acces'
    const stranger = await signedIn('clefevre')
    await growOld()
    expect((await stranger.here.post(confirm, {})).location).toBe(confirm)
    expect((await stranger.here.get(confirm)).location).toBe('/fr/connexion/confirmer/adresses')
    const asked = await owner.here.post(confirm, {})
    expect(asked.location).toBe(confirm)
    const cle = key.sign(optionsIn((await owner.here.get(confirm)).html))
    expect((await stranger.here.post(confirm, { cle })).status).not.toBe(200)
    const before = owner.here.cookies.get('__Host-session')
    expect((await owner.here.post(confirm, { cle })).location).toBe('/fr/compte/adresses')
    expect(owner.here.cookies.get('__Host-session')).not.toBe(before)
    expect((await owner.here.post(confirm, { cle })).status).toBe(422)
    expect((await stranger.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
  })

  it('of two tabs the last one that left comes in; the other is led to the account', async () => {
    const browser = newBrowser()
    const first = await leave(browser)
    const second = await leave(browser, '/fr/connexion/vers/sessions')
    const [early, late] = [
      await sent(browser.there, first, 'clefevre'),
      await sent(browser.there, second, 'clefevre'),
    ]
    expect((await browser.here.get(early)).location).toBe('/fr/connexion/refusee/trop-tard')
    expect((await browser.here.get(late)).location).toBe('/fr/compte/sessions')
    expect((await browser.here.get(early)).location).toBe('/fr/compte')
  })

  it('a password changed since one signed in there opens nothing, until one signs in there again', async () => {
    const { there } = await signedIn('ybenali')
    const journey = newVisitor(portal().url)
    await journey.identify('numero-etudiant', '22104587', '3/11/2004')
    await journey.answer('Saint-Amand-les-Eaux')
    const chosen = 'Tr0mbone&Cascade-3'
    // The server counts whole seconds: a sign-in of the same second would pass for one after the change.
    await new Promise(resolve => setTimeout(resolve, 1100))
    expect((await journey.choose(chosen)).location).toMatch(/termine$/)
    const again = { here: newVisitor(portal().url), there }
    const silent = await again.here.get(await sent(there, await leave(again)))
    expect(silent.location).toBe('/fr/connexion/refusee/ancienne')
    expect(await isIn(again)).toBe(false)
    const anew = newBrowser()
    const to = await leave(anew, '/fr/connexion', { frais: 'oui' })
    expect((await anew.here.get(await sent(anew.there, to, 'ybenali', chosen))).location).toBe('/fr/compte')
  })

  it('messages that are no proof end nothing, and break nothing', async () => {
    const browser = await signedIn()
    const saml = (inner: string) =>
      `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${inner}</samlp:LogoutRequest>`
    const bodies = [
      '',
      'a=b',
      'logoutRequest=',
      'logout_token=a.b.c',
      'logoutRequest=a&logoutRequest=b',
      'logout_token[x]=1',
      ...[
        saml('<samlp:SessionIndex>ST-made-up</samlp:SessionIndex>'),
        saml('<samlp:SessionIndex></samlp:SessionIndex>'),
        saml(`<samlp:SessionIndex>${'x'.repeat(9000)}</samlp:SessionIndex>`),
        `<!DOCTYPE x [<!ENTITY t "ST-1">]>${saml('<samlp:SessionIndex>&t;</samlp:SessionIndex>')}`,
        '<LogoutRequest><SessionIndex>'.repeat(200),
      ].map(xml => `logoutRequest=${encodeURIComponent(xml)}`),
    ]
    for (const body of bodies) {
      const { status } = await browser.here.post('/fr/connexion/retour', body, {})
      expect([200, 400], body.slice(0, 80)).toContain(status)
    }
    expect(await isIn(browser)).toBe(true)
    expect(portal().lines.filter(line => line.includes('"status":500'))).toEqual([])
  })

  it('says so while the server is away, loses nobody, and goes on once it is back', {
    timeout: 60_000,
  }, async () => {
    const [waiting, late] = [newBrowser(), newBrowser()]
    const answer = await sent(waiting.there, await leave(waiting), 'clefevre')
    await institution.down()
    const back = await waiting.here.get(answer)
    expect(back.status).toBe(503)
    expect(textOf(back.html)).toContain('La page de connexion ne répond pas')
    expect(back.html).toMatch(/SES-\w{4}-\w{3}/)
    expect((await late.here.get('/fr/connexion')).status).toBe(200)
    // A portal that starts meanwhile says so, and serves everything else.
    await institution.restart()
    expect((await late.here.get('/fr/mot-de-passe')).status).toBe(200)
    await expect
      .poll(() => portal().lines.filter(line => line.includes('Nobody can sign in')).length, {
        timeout: 10_000,
      })
      .toBeGreaterThan(0)
    await institution.up()
    expect((await waiting.here.get(answer)).location).toBe('/fr/compte')
    expect((await enter(late, 'clefevre')).location).toBe('/fr/compte')
  })
})
