import { afterEach, describe, expect, it } from 'vitest'
import { days } from '../../src/clock.ts'
import { demoPeople } from '../../src/demonstration/people.ts'
import type { PersonId } from '../../src/directory/directory.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { enrolApp } from '../world/factors.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/** Simulates a killed process: nothing after this failpoint happens. */
class Killed extends Error {}

const chosen = 'Tr0mbone&Cascade-3'
const first = demoPeople.find(({ login }) => login === 'clefevre')?.password ?? ''

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]
const camille = async (fixture: PortalFixture) => {
  const found = await fixture.application.directory.findLogin('clefevre')
  if (!found.ok || !found.person) throw new Error('Camille is gone')
  return found.person.id
}

const opens = async (fixture: PortalFixture, id: PersonId, password: string) =>
  (await fixture.application.directory.bind(id, password)).ok

/** Runs everything that is due, whatever its back-off. */
const settleAll = async (fixture: PortalFixture) => {
  await fixture.application.store.transaction(tx =>
    tx.updateTable('attempts').set({ lease_until: 0 }).where('state', '=', 'open').execute(),
  )
  await fixture.application.store.transaction(tx =>
    tx.updateTable('people').set({ lock_until: 0, lock_holder: null }).execute(),
  )
  await fixture.application.passwordWrite.reconciler.run()
}

describe.each(kinds.filter(available))('a process that dies on $directory and $store', kind => {
  let fixture: PortalFixture | undefined
  afterEach(async () => {
    await fixture?.stop()
    fixture = undefined
  })

  const startDyingAt = async (instant: Failpoint) => {
    let armed = true
    fixture = await startPortal({
      ...kind,
      people: 20,
      failpoints: at => {
        if (armed && at === instant) {
          armed = false
          throw new Killed(instant)
        }
      },
    })
    return fixture
  }
  const dieAt = async (instant: Failpoint) => {
    fixture = await startDyingAt(instant)
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    const sent = await visitor.choose(chosen)
    expect(sent.status).toBe(500)
    return { fixture, visitor, id: await camille(fixture) }
  }

  it.each(['attempt-committed', 'person-locked', 'about-to-write'] as const)(
    'at « %s », before the directory heard: nothing changed, and the journey reopens',
    async instant => {
      const { fixture: before, visitor, id } = await dieAt(instant)
      fixture = await before.restart()
      await settleAll(fixture)
      expect(await opens(fixture, id, first)).toBe(true)
      expect(await opens(fixture, id, chosen)).toBe(false)
      const page = await visitor.get('/fr/mot-de-passe/nouveau')
      expect(page.status).toBe(200)
      expect(textOf(page.html)).toContain("Votre mot de passe n'a pas été changé")
      expect((await visitor.choose(chosen)).location).toContain('/termine')
      expect(await opens(fixture, id, chosen)).toBe(true)
    },
  )

  it.each(['written', 'proved'] as const)(
    'at « %s », after the directory accepted it: it is recorded completely, once',
    async instant => {
      const { fixture: before, visitor, id } = await dieAt(instant)
      fixture = await before.restart()
      await settleAll(fixture)
      await settleAll(fixture)
      expect(await opens(fixture, id, chosen)).toBe(true)
      const done = await visitor.get('/fr/mot-de-passe/termine')
      expect(textOf(done.html)).toContain('Votre mot de passe a bien été modifié')
      const { store } = fixture.application
      expect(
        await store.read.selectFrom('password_history').selectAll().where('person', '=', id).execute(),
      ).toHaveLength(1)
      expect(
        await store.read
          .selectFrom('charter_acceptances')
          .select('version')
          .where('person', '=', id)
          .execute(),
      ).toEqual([{ version: '2026-09' }])
      const writes = await store.read
        .selectFrom('audit_events')
        .select('kind')
        .where('chain', '=', id)
        .where('kind', '=', 'password.written')
        .execute()
      expect(writes).toHaveLength(1)
    },
  )

  it('a change that is recorded late ends what was announced of the expiry of the old password', async () => {
    fixture = await startDyingAt('written')
    const [owner, waiting] = [newVisitor(fixture.url), newVisitor(fixture.url)]
    await owner.signIn('clefevre', first)
    await owner.post('/fr/compte/premier-jour', {})
    await enrolApp(owner, Date.now)
    await waiting.signIn('clefevre', first)
    const announced_expiry = JSON.stringify({ at: Date.now() + days(2), graceLeft: 0 })
    const tables = ['sessions', 'pending_sign_ins'] as const
    await fixture.application.store.transaction(async tx => {
      for (const table of tables) await tx.updateTable(table).set({ announced_expiry }).execute()
    })
    const isShown = async () =>
      textOf((await owner.get('/fr/compte')).html).includes('Votre mot de passe expire le')
    expect(await isShown()).toBe(true)
    const form = { ancien: first, nouveau: chosen, confirmation: chosen, charte: 'oui' }
    expect((await owner.post('/fr/compte/mot-de-passe', form)).status).toBe(500)
    fixture = await fixture.restart()
    await settleAll(fixture)
    const id = await camille(fixture)
    expect(await opens(fixture, id, chosen)).toBe(true)
    expect(await isShown()).toBe(false)
    for (const table of tables)
      expect(
        await fixture.application.store.read.selectFrom(table).select('announced_expiry').execute(),
      ).toEqual([{ announced_expiry: null }])
  })

  it('at « accepted », when only the answer was lost: the done page is there', async () => {
    const { visitor, id, fixture: before } = await dieAt('accepted')
    fixture = await before.restart()
    expect((await visitor.get('/fr/mot-de-passe/nouveau')).location).toContain('/termine')
    expect(await opens(fixture, id, chosen)).toBe(true)
  })

  it('no sealed password outlives its settlement', async () => {
    const { fixture: before } = await dieAt('written')
    const waiting = await before.application.store.read.selectFrom('attempts').select('sealed').execute()
    expect(waiting.filter(({ sealed }) => sealed !== null)).toHaveLength(1)
    fixture = await before.restart()
    await settleAll(fixture)
    const left = await fixture.application.store.read
      .selectFrom('attempts')
      .select(['state', 'sealed'])
      .execute()
    expect(left).toEqual([{ state: 'accepted', sealed: null }])
  })
})
