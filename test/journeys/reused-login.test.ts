import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { movableClock } from '../world/clock.ts'
import { enrolApp } from '../world/factors.ts'
import { bases } from '../world/people.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const here = { directory: 'slapd', store: 'SQLite' } as const
const dn = `uid=clefevre,${bases.staff}`
const passwords = { first: 'Bienvenue!2026c', second: 'Nouvelle;Arrivee+26' }

describe.skipIf(!available(here))('a login that the directory gives again to somebody else', () => {
  let fixture: PortalFixture
  const clock = movableClock()
  const former = () => newVisitor(fixture.url)
  let session: ReturnType<typeof newVisitor>
  let successor: ReturnType<typeof newVisitor>
  const mailedTokens = async () => {
    const rows = await fixture.application.store.read.selectFrom('demo_mails').selectAll().execute()
    return rows.flatMap(row => /ce-n-est-pas-moi\/([\w-]+)/.exec(JSON.stringify(row))?.[1] ?? [])
  }

  beforeAll(async () => {
    fixture = await startPortal({ ...here, people: 20, clock })
    session = former()
    await session.signIn('clefevre', passwords.first)
    await session.post('/fr/compte/premier-jour', {})
    await enrolApp(session, clock.now)
    clock.forward(minutes(2))
    expect((await session.get('/fr/compte')).status).toBe(200)
    expect(textOf((await session.get('/fr/compte/journal')).html)).toContain('application')
    await vi.waitFor(async () => expect(await mailedTokens()).not.toEqual([]), 10_000)
    await fixture.slapd?.asRoot(async client => {
      await client.del(dn)
      await client.add(dn, {
        objectClass: ['inetOrgPerson', 'supannPerson'],
        uid: 'clefevre',
        cn: 'Claude Lefèvre',
        displayName: 'Claude Lefèvre',
        givenName: 'Claude',
        sn: 'Lefèvre',
        mail: 'claude.lefevre@univ.example',
        supannEmpId: '990099',
        supannOIDCDateDeNaissance: '1999-09-19',
        userPassword: passwords.second,
      })
    })
    successor = newVisitor(fixture.url)
  })
  afterAll(() => fixture?.stop())

  it('is signed in without the second factor of the former owner (nextcloud/server#20320)', async () => {
    const { location } = await successor.signIn('clefevre', passwords.second)
    expect(location).toMatch(/premier-jour|compte/)
    expect(location).not.toContain('second')
    await successor.post('/fr/compte/premier-jour', {})
  })

  it('shows nothing of what the former owner set: no joker, factor, contact or journal (owncloud/core#20958)', async () => {
    const account = textOf((await successor.get('/fr/compte')).html)
    expect(account).toContain('Claude')
    expect(account).not.toContain('Camille')
    expect(textOf((await successor.get('/fr/compte/adresses')).html)).not.toContain('maison.example')
    expect(textOf((await successor.get('/fr/compte/journal')).html)).not.toContain('application')
    const found = await fixture.application.directory.findLogin('clefevre')
    if (!found.ok || !found.person) throw new Error('Claude is nobody')
    const { store } = fixture.application
    for (const table of ['jokers', 'contacts', 'authenticators', 'passkeys', 'recovery_sheets'] as const) {
      const rows = await store.read.selectFrom(table).select('person').execute()
      expect(
        rows.map(({ person }) => person),
        table,
      ).not.toContain(found.person.id)
    }
  })

  it('is not recovered by the number and the joker of the former owner', async () => {
    const stranger = newVisitor(fixture.url)
    await stranger.identify('numero-personnel', '204518', '14/07/1985')
    expect(textOf((await stranger.answer('Félix')).html)).toContain('Cette réponse ne correspond pas.')
    const own = newVisitor(fixture.url)
    await own.identify('numero-personnel', '990099', '19/09/1999')
    expect(textOf((await own.answer('Félix')).html)).toContain('Cette réponse ne correspond pas.')
  })

  it('keeps no session of the former owner, and no known browser opens it', async () => {
    expect((await session.get('/fr/compte')).status).toBe(303)
    expect((await session.signIn('clefevre', passwords.first)).status).toBe(422)
  })

  it('is not frozen by a link that the former owner still has', async () => {
    for (const token of await mailedTokens())
      await newVisitor(fixture.url).post(`/fr/ce-n-est-pas-moi/${token}`, {})
    expect((await newVisitor(fixture.url).signIn('clefevre', passwords.second)).status).toBe(303)
  })
})
