import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { createCrowdVisitors } from '../world/crowd-visitors.ts'
import { enrolApp, optionsIn, printSheet, signChallenge } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newSecurityKey } from '../world/security-key.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const factor = '/fr/mot-de-passe/second-element'
const entry = '/fr/connexion/second-element/compte'
const keyEntry = '/fr/connexion/cle-d-acces/compte'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

describe.each(kinds.filter(available))('a second factor, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const config = { limits: unlimited }
    fixture = await startPortal({ ...kind, clock, config, crowd: 10, people: 20 })
  })
  afterAll(() => fixture?.stop())

  const crowd = createCrowdVisitors(() => fixture)
  /** A member of the crowd who has reset the password and signed in with it. */
  const newSignedInMember = async () => {
    const crowdMember = crowd.nextMember()
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAs(crowdMember)
    const password = `Tr0mbone&Cascade-${crowd.used()}`
    await visitor.choose(password)
    const found = await fixture.application.directory.read(crowdMember.id)
    const login = found.ok ? (found.person?.login ?? '') : ''
    clock.forward(seconds(1))
    expect((await visitor.signIn(login, password)).location).toBe('/fr/compte')
    return { crowdMember, visitor, login, password }
  }
  const newMemberWithApp = async () => {
    const who = await newSignedInMember()
    const { app } = await enrolApp(who.visitor, clock.now)
    clock.forward(minutes(2))
    return { ...who, app }
  }
  const typeFactor = async (visitor: ReturnType<typeof newVisitor>, code: string) =>
    visitor.send(factor, { code })
  const eventsOf = async (person: string, kindOf: string) =>
    fixture.application.store.read
      .selectFrom('audit_events')
      .select('kind')
      .where('chain', '=', person)
      .where('kind', '=', kindOf as never)
      .execute()

  it('is asked for after the joker, and no page bypasses it', async () => {
    const { crowdMember, app } = await newMemberWithApp()
    const visitor = newVisitor(fixture.url)
    expect((await visitor.answerJokerAs(crowdMember)).location).toBe(factor)
    expect((await visitor.get('/fr/mot-de-passe/nouveau')).location).toBe(factor)
    const around = { nouveau: 'Autre-Phrase-77', confirmation: 'Autre-Phrase-77', charte: 'oui' }
    const ref = visitor.refIn((await visitor.get(factor)).html)
    const skipped = await visitor.post('/fr/mot-de-passe/nouveau', { ...around, demarche: ref })
    expect(skipped.location).toBe(factor)
    const wrong = await typeFactor(visitor, '000000')
    expect(wrong.status).toBe(422)
    expect(textOf(wrong.html)).toContain('Il vous reste 4 essais')
    expect((await typeFactor(visitor, app(clock.now()))).location).toBe('/fr/mot-de-passe/nouveau')
    expect((await visitor.choose('Autre-Phrase-77')).location).toMatch(/termine$/)
  })

  it('is not removed by a reset: the next one asks again, and the same code works once', async () => {
    const { crowdMember, app } = await newMemberWithApp()
    const digits = app(clock.now())
    const first = newVisitor(fixture.url)
    await first.answerJokerAs(crowdMember)
    await typeFactor(first, digits)
    expect((await first.choose('Phrase-De-Passe-81')).location).toMatch(/termine$/)
    const second = newVisitor(fixture.url)
    expect((await second.answerJokerAs(crowdMember)).location).toBe(factor)
    expect((await typeFactor(second, digits)).status).toBe(422)
    clock.forward(minutes(1))
    expect((await typeFactor(second, app(clock.now()))).location).toBe('/fr/mot-de-passe/nouveau')
  })

  it('a printed code replaces it once, even when sent twice at once, and is notified by mail', async () => {
    const { crowdMember, visitor: owner } = await newMemberWithApp()
    const [code = '', other = ''] = await printSheet(owner)
    const [one, two] = [newVisitor(fixture.url), newVisitor(fixture.url)]
    for (const visitor of [one, two]) await visitor.answerJokerAs(crowdMember)
    const both = await Promise.all([typeFactor(one, code), typeFactor(two, code.toLowerCase())])
    expect(both.map(({ status }) => status).sort()).toEqual([303, 422])
    const queuedNotices = await fixture.application.store.read
      .selectFrom('notices')
      .select('kind')
      .where('person', '=', crowdMember.id)
      .execute()
    const mails = await fixture.application.store.read.selectFrom('mails').select('kind').execute()
    expect([...queuedNotices, ...mails].map(message => message.kind)).toContain('recovery-code-used')
    expect(await eventsOf(crowdMember.id, 'factor.right')).toHaveLength(1)
    const loser = both[0]?.status === 422 ? one : two
    expect((await typeFactor(loser, other)).location).toBe('/fr/mot-de-passe/nouveau')
  })

  it('five wrong codes suspend the app for a while; a printed code still works', async () => {
    const { crowdMember, visitor: owner, app } = await newMemberWithApp()
    const [code = ''] = await printSheet(owner)
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAs(crowdMember)
    for (const left of ['4 essais', '3 essais', '2 essais', '1 essai', '0 essai'])
      expect(textOf((await typeFactor(visitor, '000000')).html)).toContain(`Il vous reste ${left}`)
    expect(textOf((await typeFactor(visitor, app(clock.now()))).html)).toContain("trop d'essais")
    expect((await typeFactor(visitor, code)).location).toBe('/fr/mot-de-passe/nouveau')
  })

  it('the embedded sign-in asks for it too, and the right password alone opens no session', async () => {
    const { login, password, app } = await newMemberWithApp()
    const visitor = newVisitor(fixture.url)
    expect((await visitor.signIn(login, password)).location).toBe(entry)
    expect((await visitor.get('/fr/compte')).location).toBe('/fr/connexion/vers/compte')
    expect((await visitor.post(entry, { code: '123' })).status).toBe(422)
    expect((await visitor.post(entry, { code: '000000' })).status).toBe(422)
    expect((await visitor.post(entry, { code: app(clock.now()) })).location).toBe('/fr/compte')
    expect((await visitor.get('/fr/compte/sessions')).status).toBe(200)
    const stranger = newVisitor(fixture.url)
    expect((await stranger.get(entry)).location).toBe('/fr/connexion/suite/compte')
  })

  it('a passkey signs in alone, and replaces the app after a password or a joker', async () => {
    const { visitor: owner, crowdMember, login, password } = await newMemberWithApp()
    const port = new URL(fixture.url).port
    const key = newSecurityKey({ origin: `http://localhost:${port}`, host: 'localhost' })
    await owner.post('/fr/compte/cles-d-acces', { action: 'commencer' })
    const making = optionsIn((await owner.get('/fr/compte/cles-d-acces/nouvelle')).html)
    const made = await owner.post('/fr/compte/cles-d-acces/nouvelle', { nom: 'Clé', cle: key.make(making) })
    expect(made.location).toBe('/fr/compte/cles-d-acces/essai')
    const trying = optionsIn((await owner.get('/fr/compte/cles-d-acces/essai')).html)
    await owner.post('/fr/compte/cles-d-acces/essai', { cle: key.sign(trying) })
    expect(textOf((await owner.get('/fr/compte/cles-d-acces')).html)).toContain('Clé')

    const withoutPassword = newVisitor(fixture.url)
    expect((await withoutPassword.post(keyEntry, {})).location).toBe(keyEntry)
    const cle = key.sign(optionsIn((await withoutPassword.get(keyEntry)).html))
    // Another tab of this browser proposes passkeys: the challenge stays.
    expect((await withoutPassword.post(keyEntry, { proposer: 'oui' })).location).toBe(keyEntry)
    expect((await newVisitor(fixture.url).post(keyEntry, { cle })).location).toBe(
      '/fr/connexion/suite/compte',
    )
    expect((await withoutPassword.post(keyEntry, { cle })).location).toBe('/fr/compte')

    const after = newVisitor(fixture.url)
    await after.signIn(login, password)
    const signed = await signChallenge(after, keyEntry, key)
    // Another tab of this browser is on the sign-in page, which asks for a challenge by itself.
    expect((await after.post(keyEntry, { proposer: 'oui' })).location).toBe(entry)
    expect((await after.post(keyEntry, { cle: signed })).location).toBe('/fr/compte')

    const journey = newVisitor(fixture.url)
    await journey.answerJokerAs(crowdMember)
    const demarche = journey.refIn((await journey.get(factor)).html)
    const here = '/fr/mot-de-passe/cle-d-acces'
    expect((await journey.post(here, { demarche })).location).toBe(here)
    const last = key.sign(optionsIn((await journey.get(here)).html))
    expect((await journey.post(here, { demarche, cle: last })).location).toBe('/fr/mot-de-passe/nouveau')
  })

  it('a sheet alone is not asked for', async () => {
    const { visitor, login, password, crowdMember } = await newSignedInMember()
    await printSheet(visitor)
    expect((await newVisitor(fixture.url).signIn(login, password)).location).toBe('/fr/compte')
    expect((await newVisitor(fixture.url).answerJokerAs(crowdMember)).location).toBe(
      '/fr/mot-de-passe/nouveau',
    )
  })

  it('is asked for before the identifier is shown, too', async () => {
    const { crowdMember, app } = await newMemberWithApp()
    const visitor = newVisitor(fixture.url)
    const { number, date } = crowdMember
    await visitor.post('/fr/identifiant/identification/numero-personnel', { numero: number, naissance: date })
    const joker = '/fr/identifiant/question-joker'
    const page = await visitor.get(joker)
    const here = '/fr/identifiant/second-element'
    const asked = await visitor.post(joker, { reponse: 'rex', demarche: visitor.refIn(page.html) })
    expect(asked.location).toBe(here)
    expect((await visitor.get('/fr/identifiant/termine')).location).toBe(here)
    expect(await eventsOf(crowdMember.id, 'identifier.told')).toHaveLength(0)
    const demarche = visitor.refIn((await visitor.get(here)).html)
    const right = await visitor.post(here, { code: app(clock.now()), demarche })
    expect(right.location).toBe('/fr/identifiant/termine')
    expect(await eventsOf(crowdMember.id, 'identifier.told')).toHaveLength(1)
  })

  it('is changed after a fresh sign-in only, and every change is notified and recorded', async () => {
    const { visitor, crowdMember, password, app } = await newMemberWithApp()
    clock.forward(minutes(11))
    const path = '/fr/compte/application'
    expect((await visitor.post(path, { action: 'retirer' })).location).toBe(
      '/fr/connexion/confirmer/application',
    )
    expect(await eventsOf(crowdMember.id, 'factor.removed')).toHaveLength(0)
    const asked = await visitor.post('/fr/connexion/confirmer/application', { motdepasse: password })
    expect(asked.location).toBe('/fr/connexion/second-element/application')
    // The password alone does not make the session fresh: the factor stays.
    expect((await visitor.post(path, { action: 'retirer' })).location).toBe(
      '/fr/connexion/confirmer/application',
    )
    expect(await eventsOf(crowdMember.id, 'factor.removed')).toHaveLength(0)
    const shown = await visitor.post(asked.location ?? '', { code: app(clock.now()) })
    expect(shown.location).toBe(path)
    await visitor.post(path, { action: 'retirer' })
    expect(await eventsOf(crowdMember.id, 'factor.added')).toHaveLength(1)
    expect(await eventsOf(crowdMember.id, 'factor.removed')).toHaveLength(1)
  })
})
