import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/crypto/crypto.ts'
import { printSheet, settleFactors } from '../world/factors.ts'
import { unlimited } from '../world/limits.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kind = { directory: 'slapd', store: 'SQLite' } as const
const choice = '/fr/mot-de-passe/preuve'
const newPassword = '/fr/mot-de-passe/nouveau'
const password = 'Tr0mbone&Cascade-3'
const date = '2/1/1980'

const asked = { student: ['joker'], staff: [['joker', 'recovery-code']], external: ['joker'] }

/** One base for all: filters tell who is of which population, and the default filter finds everybody. */
const populations = {
  student: { base: suffix, filter: '(supannEtuId=*)' },
  staff: { base: suffix, filter: '(supannEmpId=*)' },
  external: { base: suffix },
}

const add = (type: string, value: string) =>
  new Change({ operation: 'add', modification: new Attribute({ type, values: [value] }) })

describe.runIf(available(kind))('a member of staff in one base for all, on slapd', () => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      crowd: 3,
      people: 16,
      config: async slapd => {
        for (const index of [0, 1])
          await slapd.asRoot(client =>
            client.modify(`uid=foule${index},${bases.staff}`, add('supannEtuId', `5550000${index}`)),
          )
        return {
          limits: unlimited,
          recovery: { password: asked, identifier: asked },
          directory: { kind: 'ldap', ...slapd.settings({ populations }) },
        }
      },
    })
  })
  afterAll(() => fixture?.stop())

  const member = (index: number) => {
    const one = fixture.crowd[index]
    if (!one) throw new Error(`no member ${index}`)
    return one
  }
  const has = async (index: number, typed: string) =>
    (await fixture.application.directory.bind(member(index).id, typed)).ok

  /** Each number by which the portal finds them: of a student too, and of one who only works here. */
  const numbers = [
    { slug: 'numero-personnel', number: '880000' },
    { slug: 'numero-etudiant', number: '55500000' },
    { slug: 'uid', number: 'foule0' },
    { slug: 'uid', number: 'foule2' },
  ] as const

  it.each(numbers)('must show the code of staff for a password: $slug $number', async one => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify(one.slug, one.number, date)
    expect((await visitor.answer('rex')).location).toBe(choice)
    expect((await visitor.get(newPassword)).location).toBe(choice)
  })

  it.each(numbers)('must show the code of staff for an identifier: $slug $number', async one => {
    const visitor = newVisitor(fixture.url)
    const fields = { numero: one.number, naissance: date }
    await visitor.post(`/fr/identifiant/identification/${one.slug}`, fields)
    const question = '/fr/identifiant/question-joker'
    const demarche = visitor.refIn((await visitor.get(question)).html)
    const { location } = await visitor.post(question, { reponse: 'rex', demarche })
    expect(location).toBe('/fr/identifiant/preuve')
  })

  it('has a password written by both proofs, whichever number was typed', async () => {
    const owner = newVisitor(fixture.url)
    await owner.signIn(member(1).login, member(1).initialPassword)
    const [code = ''] = await printSheet(owner)
    await settleFactors(fixture, member(1).id)
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-etudiant', '55500001', date)
    await visitor.answer('rex')
    const demarche = visitor.refIn((await visitor.get(choice)).html)
    expect((await visitor.post(choice, { code, demarche })).location).toBe(newPassword)
    expect((await visitor.choose(password)).location).toMatch(/termine$/)
    expect(await has(1, password)).toBe(true)
  })

  it('has none written by the joker alone, although the journey that found them asked for no more', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.identify('numero-etudiant', '55500000', date)
    const now = Date.now()
    const facts = { person: member(0).id, answerDigest: '', factor: null, provedAt: now }
    const journey = { facts: JSON.stringify(facts), proved: JSON.stringify({ joker: now }) }
    await fixture.application.store.transaction(tx =>
      tx
        .updateTable('journeys')
        .set({ state: 'new-password', person: member(0).id, ...journey })
        .where('id', '=', digestOf(visitor.cookies.get('__Host-journey') ?? ''))
        .execute(),
    )
    expect((await visitor.choose(password)).location).toBe('/fr/mot-de-passe/fin')
    expect(textOf((await visitor.get('/fr/mot-de-passe/fin')).html)).toContain('Il manque une preuve')
    expect(await has(0, password)).toBe(false)
  })
})
