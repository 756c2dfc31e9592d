import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionsIn } from '../world/factors.ts'
import { type Institution, institutions } from '../world/identity-servers.ts'
import { institutionVisitors, worldPasswordOf } from '../world/institution-visitors.ts'
import { unlimited } from '../world/limits.ts'

import { newSecurityKey } from '../world/security-key.ts'
import { textOf } from '../world/visitor.ts'

describe.each(institutions)('a session opened through $name', ({ start }) => {
  let institution: Institution
  let visitors: ReturnType<typeof institutionVisitors>
  beforeAll(async () => {
    institution = await start({ limits: unlimited })
    visitors = institutionVisitors(institution)
  }, 120_000)
  afterAll(() => institution?.stop())
  const portal = () => institution.fixture

  it('before a sensitive change the server asks for the password again, even if a person is signed in there', {
    timeout: 60_000,
  }, async () => {
    const browser = await institution.asOldSignIn(() => visitors.signedIn())
    await visitors.ageSessions()
    expect((await browser.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
    const page = await browser.here.get('/fr/connexion/confirmer/adresses')
    expect(page.html).not.toContain('type="password"')
    // A password typed in the portal no longer counts: the form redirects to the server.
    const old = browser.here.cookies.get('__Host-session')
    const to = await visitors.startSignIn(browser, '/fr/connexion/confirmer/adresses', {
      motdepasse: worldPasswordOf('clefevre'),
    })
    const password = institution.passwordOf(worldPasswordOf('clefevre'))
    const came = await browser.there.signIn(to, { login: 'clefevre', password })
    if (!('sent' in came)) throw new Error('still there')
    expect(came.asked).toBe(true)
    const back = await browser.here.get(`${came.sent.pathname}${came.sent.search}`)
    expect(back.location).toBe('/fr/compte/adresses')
    expect((await browser.here.get('/fr/compte/adresses')).status).toBe(200)
    expect(browser.here.cookies.get('__Host-session')).not.toBe(old)
  })

  it('a silent return of an old sign-in confirms nothing', { timeout: 60_000 }, async () => {
    const browser = await institution.asOldSignIn(() => visitors.signedIn())
    await visitors.ageSessions()
    const to = await visitors.startSignIn(browser, '/fr/connexion/confirmer/adresses')
    for (const name of ['renew', 'prompt', 'max_age']) to.searchParams.delete(name)
    const back = await browser.here.get(await visitors.signInAtServer(browser.there, to))
    expect(back.location).toBe('/fr/connexion/refusee/non-confirmee')
    expect((await browser.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
  })

  it('another person who confirms changes nothing', async () => {
    const browser = await visitors.signedIn()
    await visitors.ageSessions()
    const to = await visitors.startSignIn(browser, '/fr/connexion/confirmer/adresses')
    const { there: stranger } = visitors.newBrowser()
    const back = await browser.here.get(await visitors.signInAtServer(stranger, to, 'ybenali'))
    expect(back.location).toBe('/fr/connexion/refusee/autre-personne')
    expect((await browser.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
  })

  it('signing out there ends the session here, and no other', async () => {
    const [mine, phone, stranger] = [
      await visitors.signedIn(),
      await visitors.signedIn(),
      await visitors.signedIn('ybenali'),
    ]
    await institution.signOutAtServer(mine.there)
    await expect.poll(() => visitors.isSignedIn(mine)).toBe(false)
    expect([await visitors.isSignedIn(phone), await visitors.isSignedIn(stranger)]).toEqual([true, true])
    const journal = await phone.here.get('/fr/compte/journal')
    expect(textOf(journal.html)).toContain("Session fermée par le serveur de l'établissement")
  })

  it('signing out there after a confirmation ends the session here too', { timeout: 60_000 }, async () => {
    const browser = await institution.asOldSignIn(() => visitors.signedIn())
    await visitors.ageSessions()
    const to = await visitors.startSignIn(browser, '/fr/connexion/confirmer/adresses')
    await browser.here.get(await visitors.signInAtServer(browser.there, to, 'clefevre'))
    expect((await browser.here.get('/fr/compte/adresses')).status).toBe(200)
    await institution.signOutAtServer(browser.there)
    await expect.poll(() => visitors.isSignedIn(browser)).toBe(false)
  })

  it('signing out here says that one is still signed in there, and where to end that', async () => {
    const browser = await visitors.signedIn()
    await browser.here.post('/fr/deconnexion', {})
    expect(await visitors.isSignedIn(browser)).toBe(false)
    const page = await browser.here.get('/fr/deconnexion')
    expect(textOf(page.html)).toContain(`Me déconnecter aussi de ${new URL(institution.url).host}`)
  })

  it('a passkey confirms too, once, and only that of the person', async () => {
    const owner = await visitors.signedIn('tpetit')
    const origin = `http://localhost:${new URL(portal().url).port}`
    const key = newSecurityKey({ origin, host: 'localhost' })
    await owner.here.post('/fr/compte/cles-d-acces', { action: 'commencer' })
    const made = key.make(optionsIn((await owner.here.get('/fr/compte/cles-d-acces/nouvelle')).html))
    await owner.here.post('/fr/compte/cles-d-acces/nouvelle', { nom: 'Clé', cle: made })
    const tried = key.sign(optionsIn((await owner.here.get('/fr/compte/cles-d-acces/essai')).html))
    await owner.here.post('/fr/compte/cles-d-acces/essai', { cle: tried })
    await visitors.ageSessions()
    const confirm = '/fr/connexion/confirmer/adresses/cle-d-acces'
    const stranger = await visitors.signedIn('clefevre')
    await visitors.ageSessions()
    expect((await stranger.here.post(confirm, {})).location).toBe(confirm)
    expect((await stranger.here.get(confirm)).location).toBe('/fr/connexion/confirmer/adresses')
    const asked = await owner.here.post(confirm, {})
    expect(asked.location).toBe(confirm)
    const cle = key.sign(optionsIn((await owner.here.get(confirm)).html))
    expect((await stranger.here.post(confirm, { cle })).status).not.toBe(200)
    const before = owner.here.cookies.get('__Host-session')
    expect((await owner.here.post(confirm, { cle })).location).toBe('/fr/compte/adresses')
    expect(owner.here.cookies.get('__Host-session')).not.toBe(before)
    expect((await owner.here.submit(confirm, { cle })).refusal).toContain('cle')
    expect((await stranger.here.get('/fr/compte/adresses')).location).toBe('/fr/connexion/confirmer/adresses')
  })

  it('messages that are no proof end nothing, and break nothing', async () => {
    const browser = await visitors.signedIn()
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
    expect(await visitors.isSignedIn(browser)).toBe(true)
    expect(portal().lines.filter(line => line.includes('"status":500'))).toEqual([])
  })
})
