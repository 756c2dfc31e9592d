import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const password = 'Bienvenue!2026c'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

describe.each(kinds.filter(available))('a session, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const config = {
      limits: unlimited,
      signIn: { returns: { ent: 'https://ent.univ.example/' } },
    }
    fixture = await startPortal({ ...kind, clock, config, people: 20 })
  })
  afterAll(() => fixture?.stop())

  const signedIn = async (login = 'clefevre', typed = password) => {
    const visitor = newVisitor(fixture.url)
    expect((await visitor.signIn(login, typed)).location).toBe('/fr/compte')
    return visitor
  }
  const isIn = async (visitor: ReturnType<typeof newVisitor>) =>
    (await visitor.get('/fr/compte/sessions')).status === 200

  it('opens with the right password, and its cookie is for this host, for servers alone', async () => {
    const visitor = newVisitor(fixture.url)
    const answer = await visitor.signIn('clefevre', password)
    const cookie = answer.headers.getSetCookie().find(line => line.startsWith('__Host-session='))
    expect(cookie).toMatch(/Path=\/; Max-Age=28800; HttpOnly; Secure; SameSite=Lax$/)
    expect(textOf((await visitor.get('/fr/compte/premier-jour')).html)).toContain('Avant de continuer')
  })

  it('a visitor without a session is sent to sign in and back to the page, by its name', async () => {
    const visitor = newVisitor(fixture.url)
    expect((await visitor.get('/fr/compte/sessions')).location).toBe('/fr/connexion/vers/sessions')
    expect((await visitor.get('/fr/connexion/vers/sessions')).status).toBe(200)
    const answer = await visitor.signIn('clefevre', password, '/fr/connexion/vers/sessions')
    expect(answer.location).toBe('/fr/compte/sessions')
  })

  it('sign-in leads to a configured address, by its name', async () => {
    const answer = await newVisitor(fixture.url).signIn('clefevre', password, '/fr/connexion/vers/ent')
    expect(answer.location).toBe('https://ent.univ.example/')
  })

  it.each([
    ['an address', encodeURIComponent('https://evil.example')],
    ['two slashes', encodeURIComponent('//evil.example')],
    ['a name that nobody gave', 'constructor'],
  ])('sign-in asked to return to %s is no page at all', async (_, name) => {
    const answer = await newVisitor(fixture.url).signIn('clefevre', password, `/fr/connexion/vers/${name}`)
    expect([answer.status, answer.location]).toEqual([404, null])
  })

  it('ends at sign-out, on the server too: the old cookie opens nothing', async () => {
    const visitor = await signedIn()
    const old = visitor.cookies.get('__Host-session') ?? ''
    expect((await visitor.get('/fr/deconnexion')).status).toBe(200)
    expect(await isIn(visitor)).toBe(true)
    await visitor.post('/fr/deconnexion', {})
    expect(visitor.cookies.has('__Host-session')).toBe(false)
    visitor.cookies.set('__Host-session', old)
    expect(await isIn(visitor)).toBe(false)
  })

  it('is listed and ended from another device; a stranger ends nothing of it', async () => {
    const [phone, desk] = [await signedIn(), await signedIn()]
    const page = await desk.get('/fr/compte/sessions')
    const refs = [...page.html.matchAll(/name="session" value="([\w-]{16})"/g)].map(([, ref]) => ref ?? '')
    expect(refs.length).toBeGreaterThan(0)
    const stranger = await signedIn('ybenali', 'Bienvenue!2026y')
    for (const session of refs) await stranger.post('/fr/compte/sessions', { session })
    expect(await isIn(phone)).toBe(true)
    await desk.post('/fr/compte/sessions', { session: 'autres' })
    expect([await isIn(phone), await isIn(desk), await isIn(stranger)]).toEqual([false, true, true])
  })

  it('outlives a restart, and ends half an hour after its last page', async () => {
    const visitor = await signedIn()
    fixture = await fixture.restart()
    expect(await isIn(visitor)).toBe(true)
    clock.forward(minutes(29))
    expect(await isIn(visitor)).toBe(true)
    clock.forward(minutes(31))
    expect(await isIn(visitor)).toBe(false)
  })

  it('asks again for the password before what is sensitive, once it is ten minutes old', async () => {
    const visitor = await signedIn()
    const before = visitor.cookies.get('__Host-session')
    const wrong = await visitor.submit('/fr/connexion/confirmer/sessions', { motdepasse: 'faux' })
    expect(wrong.location).toBe('/fr/connexion/confirmer/sessions')
    expect(textOf(wrong.refusal ?? '')).toContain("Ce n'est pas votre mot de passe actuel")
    const right = await visitor.post('/fr/connexion/confirmer/sessions', { motdepasse: password })
    expect(right.location).toBe('/fr/compte/sessions')
    expect(visitor.cookies.get('__Host-session')).not.toBe(before)
    expect(
      (await newVisitor(fixture.url).post('/fr/connexion/confirmer/sessions', { motdepasse: password }))
        .location,
    ).toBe('/fr/connexion/vers/sessions')
  })

  it('ends with every other when the password is reset', async () => {
    const visitor = await signedIn('ybenali', 'Bienvenue!2026y')
    const journey = newVisitor(fixture.url)
    await journey.identify('numero-etudiant', '22104587', '3/11/2004')
    await journey.answer('Saint-Amand-les-Eaux')
    expect((await journey.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
    expect(await isIn(visitor)).toBe(false)
  })

  it('ends at a freeze, and sign-in then refuses in the words of a wrong password', async () => {
    const login = kind.directory === 'slapd' ? 'ext-odubois' : 'odubois'
    const visitor = await signedIn(login, 'Bienvenue!2026o')
    const found = await fixture.application.directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error('not found')
    await fixture.application.helpdesk.freeze(found.person.id, { by: 'desk', reason: 'test' })
    expect(await isIn(visitor)).toBe(false)
    const frozen = await newVisitor(fixture.url).signIn(login, 'Bienvenue!2026o')
    const unknown = await newVisitor(fixture.url).signIn('personne', 'Bienvenue!2026o')
    expect(frozen.status).toBe(unknown.status)
    expect(textOf(frozen.html)).toBe(textOf(unknown.html))
  })
})
