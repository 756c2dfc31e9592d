import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hours } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { bases } from '../world/people.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))('people by account status', () => {
  let fixture: PortalFixture
  let visitor: ReturnType<typeof newVisitor>
  const clock = movableClock()
  const joker = '/fr/mot-de-passe/question-joker'

  const giveJoker = async (login: string) => {
    const { directory, store } = fixture.application
    const { joker: proof } = fixture.application.proofs
    const found = await directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error(`${login} is not in the directory`)
    const hashed = await proof.hashAnswer('Rex')
    if (!hashed.ok) throw new Error(hashed.reason)
    const { id: person } = found.person
    await store.transaction(tx => proof.set(tx, { person, question: 'pet', free: false, kept: hashed.kept }))
    return person
  }
  const written = () =>
    fixture.application.store.read
      .selectFrom('attempts')
      .select('id')
      .execute()
      .then(({ length }) => length)

  beforeAll(async () => {
    fixture = await startPortal({ directory: 'slapd', store: 'SQLite', people: 50, clock })
    for (const login of ['admin', 'parti', 'twin-a']) await giveJoker(login)
  })
  afterAll(() => fixture?.stop())
  beforeEach(() => {
    visitor = newVisitor(fixture.url)
    clock.forward(hours(2))
  })

  it('a privileged person is refused after the proof, and nothing is written', async () => {
    const asked = await visitor.identify('numero-personnel', '777002', '5/5/1975')
    expect(asked.location).toBe(joker)
    const answered = await visitor.answer('rex')
    expect(answered.location).toBe('/fr/mot-de-passe/fin')
    const lastPage = await visitor.get('/fr/mot-de-passe/fin')
    expect(textOf(lastPage.html)).toContain('Ce compte a des droits particuliers.')
    expect(await written()).toBe(0)
  })

  it('a person whose account has ended keeps their own question, and no answer is right', async () => {
    await visitor.identify('numero-etudiant', '77700003', '9/9/1999')
    expect(textOf((await visitor.get(joker)).html)).toContain('animal de compagnie')
    expect(textOf((await visitor.answer('rex')).html)).toContain('Cette réponse ne correspond pas.')
  })

  it('an account that an administrator locked in the directory is not written, and stays locked', async () => {
    const dn = `uid=clefevre,${bases.staff}`
    const lock = (values: string[]) =>
      fixture.slapd?.asRoot(client =>
        client.modify(
          dn,
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'pwdAccountLockedTime', values }),
          }),
        ),
      )
    const before = await written()
    const proved = newVisitor(fixture.url)
    expect(await proved.answerJokerAsCamille()).toMatchObject({ location: '/fr/mot-de-passe/nouveau' })
    await lock(['000001010000Z'])
    await visitor.identify('numero-personnel', '204518', '14/07/1985')
    expect(textOf((await visitor.answer('Félix')).html)).toContain('Cette réponse ne correspond pas.')
    expect((await proved.choose('Tr0mbone&Cascade-9')).location).toBe('/fr/mot-de-passe/fin')
    const held = await fixture.slapd?.asRoot(client =>
      client.search(dn, { scope: 'base', attributes: ['pwdAccountLockedTime'] }),
    )
    expect(held?.searchEntries[0]?.pwdAccountLockedTime).toBe('000001010000Z')
    expect((await newVisitor(fixture.url).signIn('clefevre', 'Bienvenue!2026c')).status).toBe(422)
    expect(await written()).toBe(before + 1)
    await lock([])
  })

  it('two entries for one number look like an unknown person, and are an incident for the helpdesk', async () => {
    await visitor.identify('numero-personnel', '777001', '1/1/1980')
    expect(textOf((await visitor.answer('rex')).html)).toContain('Cette réponse ne correspond pas.')
    await expect
      .poll(
        async () => {
          const mails = await fixture.application.store.read
            .selectFrom('demo_mails')
            .select(['recipient', 'subject'])
            .execute()
          return mails
            .filter(({ recipient }) => recipient === 'assistance@univ.example')
            .map(({ subject }) => subject)
        },
        { timeout: 8000 },
      )
      .toContain('Deux personnes pour un même numéro')
  })

  it('a number typed more than thirty times in an hour is answered late, known or not, and never refused', async () => {
    const request = async (number: string) => {
      const asked = performance.now()
      const { status } = await visitor.identify('numero-personnel', number, '14/7/1985')
      expect(status).toBe(303)
      return performance.now() - asked
    }
    for (const number of ['204518', '999777']) {
      clock.forward(hours(2))
      for (let sent = 0; sent < 30; sent += 10) {
        await Promise.all(Array.from({ length: 10 }, () => request(number)))
        clock.forward(1000)
      }
      expect(await request(number)).toBeGreaterThan(1000)
    }
  })

  it('number and INE of one person share one question and one count', async () => {
    const report = async (slug: string, number: string) => {
      await visitor.identify(slug, number, '3/11/2004')
      return textOf((await visitor.answer(`faux ${slug}`)).html)
    }
    // Each journey shows only its own wrong answers; all of them together suspend the question, whichever number was typed.
    for (const turn of [1, 2]) {
      expect(await report('numero-etudiant', '22104587'), String(turn)).toContain('Il vous reste 4 essais.')
      expect(await report('ine', '0123456789M'), String(turn)).toContain('Il vous reste 4 essais.')
    }
    expect(await report('numero-etudiant', '22104587')).toContain('est fermée')
  })
})
