import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hours, minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited } from '../world/limits.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const old = 'Bienvenue!2026c'
const fresh = 'Tr0mbone&Cascade-3'

const kinds = [
  { directory: 'embedded', store: 'PostgreSQL' },
  { directory: 'slapd', store: 'SQLite' },
] as const

describe.each(kinds.filter(available))('changing the password, on $directory and $store', kind => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    const limits = {
      ...unlimited,
      refusalsPerJourney: 8,
    }
    fixture = await startPortal({ ...kind, clock, config: { limits }, people: 20 })
  })
  afterAll(() => fixture?.stop())

  /** Marks the password as reset by an administrator, so that it must be changed. */
  const mustChange = (uid: string) =>
    fixture.slapd?.asRoot(client => {
      const set = (type: string, value: string) =>
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
      return client.modify(`uid=${uid},${bases.staff}`, [
        set('pwdReset', 'TRUE'),
        set('pwdPolicySubentry', `cn=reset,ou=policies,${suffix}`),
      ])
    })

  const signedIn = async (login: string, password: string) => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(login, password)
    return visitor
  }
  const change = (
    visitor: ReturnType<typeof newVisitor>,
    ancien: string,
    nouveau: string,
    more: Readonly<Record<string, string>> = {},
  ) =>
    visitor.submit('/fr/compte/mot-de-passe', {
      ancien,
      nouveau,
      confirmation: nouveau,
      charte: 'oui',
      ...more,
    })

  it('needs the old one, and what recovery needs of the new one', async () => {
    const visitor = await signedIn('clefevre', old)
    const refusalText = async (...given: [string, string, Record<string, string>?]) => {
      const answer = await change(visitor, given[0], given[1], given[2])
      expect(answer.location).toBe('/fr/compte/mot-de-passe')
      expect(answer.refusal).not.toContain(given[1])
      return textOf(answer.refusal ?? '')
    }
    expect(await refusalText('faux', fresh)).toContain("Ce n'est pas votre mot de passe actuel")
    expect(await refusalText(old, 'Camille&Cascade-3')).toContain('Retirez votre nom ou votre prénom')
    expect(await refusalText(old, fresh, { confirmation: 'autre' })).toContain('Saisissez deux fois le même')
    expect(await refusalText(old, old)).toContain('déjà utilisé')
  })

  it('is told everything that is wrong at once, and what depends on the person only with the right old one', async () => {
    const visitor = await signedIn('clefevre', old)
    const refusalOf = async (fields: Readonly<Record<string, string>>) =>
      textOf((await visitor.submit('/fr/compte/mot-de-passe', fields)).refusal ?? '')
    const wrong = await refusalOf({ ancien: 'faux', nouveau: 'clefevre', confirmation: 'autre' })
    for (const sentence of [
      "Ce n'est pas votre mot de passe actuel",
      'Allongez votre mot de passe',
      'Ajoutez une lettre majuscule',
      'Ajoutez un chiffre',
      'Saisissez deux fois le même',
      'Cochez la case',
    ])
      expect(wrong).toContain(sentence)
    expect(wrong).not.toContain('Retirez votre identifiant de connexion')
    const right = await refusalOf({ ancien: old, nouveau: 'clefevre', confirmation: 'autre' })
    for (const sentence of [
      'Retirez votre identifiant de connexion',
      'Allongez',
      'deux fois',
      'Cochez la case',
    ])
      expect(right).toContain(sentence)
    expect(await refusalOf({ ancien: old, nouveau: old, confirmation: '' })).toMatch(
      /déjà utilisé.*Cochez la case/,
    )
  })

  it('a refusal is shown when its page is opened again, until the next form or ten minutes later', async () => {
    const visitor = await signedIn('clefevre', old)
    await change(visitor, old, 'court')
    const shown = async () => textOf((await visitor.get('/fr/compte/mot-de-passe')).html)
    for (const time of ['reload', 'again'])
      expect(await shown(), time).toContain('Allongez votre mot de passe')
    expect(textOf((await visitor.get('/fr/compte/adresses')).html)).not.toContain('à corriger')
    await change(visitor, old, 'Camille&Cascade-3')
    expect(await shown()).not.toContain('Allongez votre mot de passe')
    expect(await shown()).toContain('Retirez votre nom')
    clock.forward(minutes(9))
    expect(await shown()).toContain('Retirez votre nom')
    clock.forward(minutes(2))
    expect(await shown()).not.toContain('à corriger')
  })

  it('refuses the answer to the joker as a password', async () => {
    const visitor = await signedIn('ybenali', 'Bienvenue!2026y')
    const answer = await change(visitor, 'Bienvenue!2026y', 'Saint-Amand-les-Eaux9')
    expect(textOf(answer.refusal ?? '')).toContain('Retirez la réponse à votre question joker')
  })

  it('writes it, shows its receipt, keeps this session under a new handle and ends the others', async () => {
    const [here, elsewhere] = [await signedIn('clefevre', old), await signedIn('clefevre', old)]
    const before = here.cookies.get('__Host-session')
    const answer = await change(here, old, fresh)
    expect(answer.location).toMatch(/^\/fr\/compte\/mot-de-passe\/[\w-]{22}$/)
    const receipt = await here.get(answer.location ?? '')
    expect(textOf(receipt.html)).toContain('Votre mot de passe a bien été modifié')
    expect(textOf(receipt.html)).toMatch(/CAS, ENT .* Prouvé/)
    expect(here.cookies.get('__Host-session')).not.toBe(before)
    expect((await elsewhere.get('/fr/compte/sessions')).location).toBe(
      '/fr/connexion/session-terminee/sessions',
    )
    const found = await fixture.application.directory.findLogin('clefevre')
    if (!found.ok || !found.person) throw new Error('not found')
    expect((await fixture.application.directory.bind(found.person.id, fresh)).ok).toBe(true)
    const stranger = await signedIn('ybenali', 'Bienvenue!2026y')
    expect((await stranger.get(answer.location ?? '')).location).toBe('/fr/compte/mot-de-passe')
  })

  it('is written once by a double click, and both clicks see its receipt or the form', async () => {
    const visitor = await signedIn('ybenali', 'Bienvenue!2026y')
    const [one, two] = await Promise.all([
      change(visitor, 'Bienvenue!2026y', 'Marmite+Violon-8'),
      change(visitor, 'Bienvenue!2026y', 'Marmite+Violon-8'),
    ])
    expect([one.status, two.status]).toContain(303)
    const found = await fixture.application.directory.findLogin('ybenali')
    if (!found.ok || !found.person) throw new Error('not found')
    const accepted = await fixture.application.store.read
      .selectFrom('attempts')
      .select('id')
      .where('state', '=', 'accepted')
      .where('person', '=', found.person.id)
      .execute()
    expect(accepted).toHaveLength(1)
    expect((await newVisitor(fixture.url).signIn('ybenali', 'Marmite+Violon-8')).location).toBe('/fr/compte')
  })

  it('is refused with a proof that is older than another change, which stays', async () => {
    const found = await fixture.application.directory.findLogin('ybenali')
    if (!found.ok || !found.person) throw new Error('not found')
    const { store } = fixture.application
    const { attempts, source } = fixture.application.passwordWrite
    const facts = { language: 'fr', historyHash: 'h', charterVersion: null } as const
    const order = { kind: 'change', person: found.person.id, journey: null } as const
    const late = await attempts.prepare(
      { ...order, facts: { ...facts, provedAt: clock.now() - minutes(1) } },
      'Trop-Tard-Pour-9',
    )
    await store.transaction(late.insert)
    expect(await source.writePassword(late.attempt, 'Trop-Tard-Pour-9')).toEqual({
      ok: false,
      reason: 'journey-superseded',
    })
    expect((await newVisitor(fixture.url).signIn('ybenali', 'Marmite+Violon-8')).location).toBe('/fr/compte')
  })

  it('notifies by mail that it was changed from the account', async () => {
    const { read } = fixture.application.store
    await expect
      .poll(
        async () =>
          (await read.selectFrom('demo_mails').select('body').execute())
            .map(({ body }) => textOf(body))
            .join(),
        {
          timeout: 10_000,
        },
      )
      .toContain('depuis « Gérer mon compte »')
  })

  it('refuses to be an oracle of the rules: after eight refusals the form waits', async () => {
    clock.forward(hours(3))
    const visitor = await signedIn('ybenali', 'Marmite+Violon-8')
    let last = await change(visitor, 'Marmite+Violon-8', 'court')
    for (let sent = 1; sent < 8; sent += 1) last = await change(visitor, 'Marmite+Violon-8', 'court')
    expect(textOf(last.refusal ?? '')).toContain('Allongez votre mot de passe')
    expect((await change(visitor, 'Marmite+Violon-8', fresh)).status).toBe(429)
  })

  // Passwords of the embedded directory never expire.
  if (kind.directory !== 'embedded')
    it('a person with an expired password reads that it has expired, and can choose a new one with it', async () => {
      await mustChange('nhaddad')
      const visitor = newVisitor(fixture.url)
      expect((await visitor.signIn('nhaddad', 'faux')).status).toBe(422)
      expect((await visitor.signIn('nhaddad', 'Bienvenue!2026n')).location).toBe(
        '/fr/connexion/mot-de-passe-expire',
      )
      const answer = await visitor.post('/fr/connexion/mot-de-passe-expire', {
        identifiant: 'nhaddad',
        ancien: 'Bienvenue!2026n',
        nouveau: fresh,
        confirmation: fresh,
        charte: 'oui',
      })
      expect(answer.location).toMatch(/^\/fr\/compte\/mot-de-passe\//)
      expect((await visitor.get('/fr/compte/sessions')).status).toBe(200)
      expect((await newVisitor(fixture.url).signIn('nhaddad', fresh)).location).toBe('/fr/compte')
    })
})
