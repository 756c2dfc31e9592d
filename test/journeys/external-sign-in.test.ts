import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalSlugs } from '../../src/account/sign-in/external/refusals.ts'
import { checkPortal } from '../../src/check.ts'
import { explain } from '../../src/config/explain.ts'
import { enrolApp } from '../world/factors.ts'
import {
  type Institution,
  institutions,
  type OpenIdInstitution,
  openIdInstitution,
} from '../world/identity-servers.ts'
import { institutionVisitors, worldPasswordOf } from '../world/institution-visitors.ts'
import { unlimited } from '../world/limits.ts'

import { newVisitor, textOf } from '../world/visitor.ts'

const chosenPassword = 'Tr0mbone&Cascade-3'
const config = { limits: unlimited, signIn: { returns: { ent: 'https://ent.univ.example/' } } }

describe.each(institutions)('sign-in through $name', ({ start }) => {
  let institution: Institution
  let visitors: ReturnType<typeof institutionVisitors>
  beforeAll(async () => {
    institution = await start(config)
    visitors = institutionVisitors(institution)
  }, 120_000)
  afterAll(() => institution?.stop())
  const portal = () => institution.fixture

  it('replaces our page: no password is typed here, and opening the page stores nothing', async () => {
    const { here } = visitors.newBrowser()
    const page = await here.get('/fr/connexion')
    expect(page.html).not.toContain('type="password"')
    expect(textOf(page.html)).toContain('Mot de passe oublié ?')
    expect(textOf(page.html)).toContain(new URL(institution.url).host)
    expect(page.headers.getSetCookie()).toEqual([])
    const typed = await here.signIn('clefevre', worldPasswordOf('clefevre'))
    expect(typed.location).toBe('/fr/connexion/depart')
    expect((await here.post('/fr/connexion/cle-d-acces/compte', {})).location).toBe(
      '/fr/connexion/vers/compte',
    )
    expect(here.cookies.has('__Host-session')).toBe(false)
  })

  it('has pages of 14 KB at most', async () => {
    const { here } = visitors.newBrowser()
    await here.post('/fr/connexion', {})
    const refusals = Object.values(refusalSlugs).map(why => `/fr/connexion/refusee/${why}`)
    for (const path of ['/fr/connexion', '/fr/connexion/depart', ...refusals]) {
      const { status, html } = await here.get(path)
      expect(status, path).toBe(200)
      expect(gzipSync(html).length, path).toBeLessThan(14_336)
    }
  })

  it('opens a session, and leads to the page that was asked for', async () => {
    const browser = visitors.newBrowser()
    expect((await browser.here.get('/fr/compte/sessions')).location).toBe('/fr/connexion/vers/sessions')
    const back = await visitors.signIn(browser, 'clefevre', '/fr/connexion/vers/sessions')
    expect(back.location).toBe('/fr/compte/sessions')
    expect(back.headers.getSetCookie().join()).toMatch(/__Host-external=; Path=\/; Max-Age=0/)
    const page = await browser.here.get('/fr/compte/sessions')
    expect(textOf(page.html)).toContain(
      institution.kind === 'cas' ? "Par l'ENT" : "Par le service d'identité",
    )
  })

  it('leads to a configured address, and to no other', async () => {
    const ent = await visitors.signIn(visitors.newBrowser(), 'clefevre', '/fr/connexion/vers/ent')
    expect(ent.location).toBe('https://ent.univ.example/')
    expect((await visitors.newBrowser().here.post('/fr/connexion/vers/evil.example', {})).status).toBe(404)
  })

  it('goes on after a restart of Sésame in the middle', async () => {
    const browser = visitors.newBrowser()
    const to = await visitors.startSignIn(browser)
    await institution.restart()
    const back = await browser.here.get(await visitors.signInAtServer(browser.there, to, 'clefevre'))
    expect(back.location).toBe('/fr/compte')
    expect(await visitors.isSignedIn(browser)).toBe(true)
  })

  it('an answer opens nothing in another browser (login CSRF), nor under another state', async () => {
    const [mine, victim, externalSignIn] = [
      visitors.newBrowser(),
      visitors.newBrowser(),
      visitors.newBrowser(),
    ]
    const answer = await visitors.signInAtServer(mine.there, await visitors.startSignIn(mine), 'clefevre')
    expect((await victim.here.get(answer)).location).toBe('/fr/connexion/refusee/trop-tard')
    await visitors.startSignIn(externalSignIn)
    expect((await externalSignIn.here.get(answer)).location).toBe('/fr/connexion/refusee/trop-tard')
    expect([await visitors.isSignedIn(victim), await visitors.isSignedIn(externalSignIn)]).toEqual([
      false,
      false,
    ])
    const forged = answer.replace(/state=[\w-]+/, `state=${'x'.repeat(43)}`)
    expect((await mine.here.get(forged)).location).toBe('/fr/connexion/refusee/trop-tard')
    // The pending sign-in of the first browser is not affected.
    expect((await mine.here.get(answer)).location).toBe('/fr/compte')
  })

  it('an answer serves once: « reload » leads to the account, and a later sign-in does not take it', async () => {
    const browser = visitors.newBrowser()
    const answer = await visitors.signInAtServer(
      browser.there,
      await visitors.startSignIn(browser),
      'clefevre',
    )
    await browser.here.get(answer)
    const sessions = () => portal().application.store.read.selectFrom('sessions').select('id').execute()
    const before = await sessions()
    expect((await browser.here.get(answer)).location).toBe('/fr/compte')
    expect(await sessions()).toEqual(before)
    const later = visitors.newBrowser()
    const asked = await visitors.startSignIn(later)
    const state =
      asked.searchParams.get('state') ??
      new URL(asked.searchParams.get('service') ?? '').searchParams.get('state')
    const spliced = answer.replace(/state=[\w-]+/, `state=${state}`)
    expect((await later.here.get(spliced)).location).toBe('/fr/connexion/refusee/non-confirmee')
    expect(await visitors.isSignedIn(later)).toBe(false)
  })

  it('a made-up answer is asked of the server, and refused, ten times at most', async () => {
    const browser = visitors.newBrowser()
    const to = await visitors.startSignIn(browser)
    const answer = await visitors.signInAtServer(browser.there, to, 'clefevre')
    const madeUp = answer.replace(/(ticket|code)=[^&]+/, '$1=ST-made-up')
    for (let tries = 0; tries < 10; tries += 1)
      expect((await browser.here.get(madeUp)).location).toBe('/fr/connexion/refusee/non-confirmee')
    expect((await browser.here.get(answer)).location).toBe('/fr/connexion/refusee/trop-tard')
  })

  it('a person whose account is frozen in the portal is told so', async () => {
    const external = institution.kind === 'cas' ? 'ext-odubois' : 'odubois'
    const { there } = await visitors.signedIn(external)
    await portal().application.helpdesk.freeze(await visitors.idOf(external), { by: 'desk', reason: 'test' })
    const again = { here: newVisitor(portal().url), there }
    const back = await again.here.get(await visitors.signInAtServer(there, await visitors.startSignIn(again)))
    expect(back.location).toBe('/fr/connexion/refusee/fermee')
    expect(await visitors.isSignedIn(again)).toBe(false)
  })

  it('a second factor of Sésame is asked for, since the server did not', async () => {
    const browser = await visitors.signedIn('nhaddad')
    const { app } = await enrolApp(browser.here, Date.now)
    const again = visitors.newBrowser()
    const back = await visitors.signIn(again, 'nhaddad', '/fr/connexion/vers/sessions')
    expect(back.location).toBe('/fr/connexion/second-element/sessions')
    expect(await visitors.isSignedIn(again)).toBe(false)
    const code = app(Date.now() + 30_000)
    const right = await again.here.post('/fr/connexion/second-element/sessions', { code })
    expect(right.location).toBe('/fr/compte/sessions')
    await institution.signOutAtServer(again.there)
    await expect.poll(() => visitors.isSignedIn(again)).toBe(false)
    // Signed out at the server before the second factor: no session opens.
    const waiting = visitors.newBrowser()
    await visitors.signIn(waiting, 'nhaddad')
    await institution.signOutAtServer(waiting.there)
    await expect
      .poll(async () => (await waiting.here.get('/fr/connexion/second-element/compte')).status)
      .toBe(303)
  })

  it('of two tabs the last one that left comes in; the other is led to the account', async () => {
    const browser = visitors.newBrowser()
    const first = await visitors.startSignIn(browser)
    const second = await visitors.startSignIn(browser, '/fr/connexion/vers/sessions')
    const [early, late] = [
      await visitors.signInAtServer(browser.there, first, 'clefevre'),
      await visitors.signInAtServer(browser.there, second, 'clefevre'),
    ]
    expect((await browser.here.get(early)).location).toBe('/fr/connexion/refusee/trop-tard')
    expect((await browser.here.get(late)).location).toBe('/fr/compte/sessions')
    expect((await browser.here.get(early)).location).toBe('/fr/compte')
  })

  it('a password changed since one signed in there opens nothing, until one signs in there again', async () => {
    const { there } = await visitors.signedIn('ybenali')
    const journey = newVisitor(portal().url)
    await journey.identify('numero-etudiant', '22104587', '3/11/2004')
    await journey.answer('Saint-Amand-les-Eaux')
    const kept = visitors.newBrowser()
    const ticket = await visitors.signInAtServer(
      kept.there,
      await visitors.startSignIn(kept, '/fr/connexion', { frais: 'oui' }),
      'ybenali',
    )
    const chosen = 'Tr0mbone&Cascade-3'
    // The server counts whole seconds: a sign-in in the same second would count as later than the change.
    await new Promise(resolve => setTimeout(resolve, 1100))
    expect((await journey.choose(chosen)).location).toMatch(/termine$/)
    const again = { here: newVisitor(portal().url), there }
    const silent = await again.here.get(
      await visitors.signInAtServer(there, await visitors.startSignIn(again)),
    )
    expect(silent.location).toBe('/fr/connexion/refusee/ancienne')
    expect(await visitors.isSignedIn(again)).toBe(false)
    // A ticket of a fresh sign-in that was held back is as old as the request for it.
    expect((await kept.here.get(ticket)).location).toBe('/fr/connexion/refusee/ancienne')
    expect(await visitors.isSignedIn(kept)).toBe(false)
    // The revocation must outlast other retention: a server may keep a sign-in for weeks.
    await portal().application.store.transaction(tx => tx.deleteFrom('attempts').execute())
    const later = { here: newVisitor(portal().url), there }
    const old = await later.here.get(await visitors.signInAtServer(there, await visitors.startSignIn(later)))
    expect(old.location).toBe('/fr/connexion/refusee/ancienne')
    const anew = visitors.newBrowser()
    const to = await visitors.startSignIn(anew, '/fr/connexion', { frais: 'oui' })
    expect(
      (await anew.here.get(await visitors.signInAtServer(anew.there, to, 'ybenali', chosen))).location,
    ).toBe('/fr/compte')
  })

  it('is tested by `sesame check`, and described by `sesame explain`', async () => {
    const { settings } = portal()
    const findings = await checkPortal(settings)
    const signInFindings = findings.filter(({ what }) => what === 'sign-in')
    expect(signInFindings[0]?.level).toBe('good')
    for (const language of ['fr', 'en'])
      expect(signInFindings[0]?.detail).toContain(`${portal().url}/${language}/connexion/retour`)
    expect(explain(settings)).toContain(`signIn.server.kind = "${institution.kind}"  (given)`)
  })

  it('shows that the server is unavailable, ends no session, and works again once it is back', {
    timeout: 60_000,
  }, async () => {
    const [waiting, late] = [visitors.newBrowser(), visitors.newBrowser()]
    const answer = await visitors.signInAtServer(
      waiting.there,
      await visitors.startSignIn(waiting),
      'clefevre',
    )
    await institution.down()
    const back = await waiting.here.get(answer)
    expect(back.status).toBe(503)
    expect(textOf(back.html)).toContain('La page de connexion ne répond pas')
    expect(back.html).toMatch(/SES-\w{4}-\w{3}/)
    expect((await late.here.get('/fr/connexion')).status).toBe(200)
    // A portal that starts during the outage says so, and serves everything else.
    await institution.restart()
    expect((await late.here.get('/fr/mot-de-passe')).status).toBe(200)
    await expect
      .poll(() => portal().lines.filter(line => line.includes('Nobody can sign in')).length)
      .toBeGreaterThan(0)
    await institution.up()
    expect((await waiting.here.get(answer)).location).toBe('/fr/compte')
    expect((await visitors.signIn(late, 'clefevre')).location).toBe('/fr/compte')
  })
})

describe('sign-in through OpenID Connect alone', () => {
  let institution: OpenIdInstitution
  let visitors: ReturnType<typeof institutionVisitors>
  beforeAll(async () => {
    institution = await openIdInstitution({ limits: unlimited })
    visitors = institutionVisitors(institution)
  }, 120_000)
  afterAll(() => institution?.stop())

  it('a person unknown to the directory is told so', async () => {
    const unknown = visitors.newBrowser()
    expect((await visitors.signIn(unknown, 'nobody-here')).location).toBe('/fr/connexion/refusee/inconnue')
    const page = textOf((await unknown.here.get('/fr/connexion/refusee/inconnue')).html)
    expect(page).toContain("l'annuaire où Sésame lit les comptes ne vous connaît pas")
  })

  it('a second factor of Sésame is not asked for where the provider says that it asked for one', async () => {
    const owner = await visitors.signedIn('nhaddad')
    await enrolApp(owner.here, Date.now)
    const again = visitors.newBrowser()
    const back = await institution.asSecondFactor(() => visitors.signIn(again, 'nhaddad'))
    expect(back.location).toBe('/fr/compte')
    expect(await visitors.isSignedIn(again)).toBe(true)
  })

  const own = worldPasswordOf
  const change = ({ here }: Pick<ReturnType<typeof visitors.newBrowser>, 'here'>, login: string) =>
    here.post('/fr/compte/mot-de-passe', {
      ...{ ancien: own(login), nouveau: chosenPassword, confirmation: chosenPassword, charte: 'oui' },
    })
  const confirmation = '/fr/connexion/confirmer/mot-de-passe'

  it.each([
    ['a sign-in', 'tpetit'],
    ['a confirmation in a session', 'odubois'],
  ] as const)(
    'a password is written by one that the provider asked for at %s, and by none without',
    async (at, login) => {
      const { application } = institution.fixture
      const [before, owner] = [await visitors.signedIn(login), await visitors.signedIn(login)]
      await enrolApp(owner.here, Date.now)
      const isValid = async (password: string) =>
        (await application.directory.bind(await visitors.idOf(login), password)).ok
      const confirm = async () =>
        before.here.get(
          await visitors.signInAtServer(
            before.there,
            await visitors.startSignIn(before, confirmation),
            login,
          ),
        )
      // The session was opened before the factor: neither it nor a password typed at the provider writes one.
      expect((await change(before, login)).location).toBe(confirmation)
      expect((await confirm()).location).toBe('/fr/connexion/second-element/mot-de-passe')
      expect((await change(before, login)).location).toBe(confirmation)
      expect([await isValid(own(login)), await isValid(chosenPassword)]).toEqual([true, false])

      const shown = await institution.asSecondFactor(async () => {
        if (at === 'a confirmation in a session') {
          expect((await confirm()).location).toBe('/fr/compte/mot-de-passe')
          return before
        }
        const again = visitors.newBrowser()
        expect((await visitors.signIn(again, login)).location).toBe('/fr/compte')
        return again
      })
      expect((await change(shown, login)).location).toMatch(/^\/fr\/compte\/mot-de-passe\/[\w-]{22}$/)
      expect([await isValid(own(login)), await isValid(chosenPassword)]).toEqual([false, true])
      const { state, facts } = await application.store.read
        .selectFrom('attempts')
        .select(['state', 'facts'])
        .where('person', '=', await visitors.idOf(login))
        .executeTakeFirstOrThrow()
      expect([state, JSON.parse(facts).factor]).toEqual(['accepted', 'server'])
    },
  )
})
