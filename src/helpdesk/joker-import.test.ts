import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available, type PortalFixture, startPortal } from '../../test/world/portal.ts'
import { importJoker } from './joker-import.ts'

const kinds = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'embedded', store: 'PostgreSQL' },
] as const
const why = { by: 'thomas', reason: 'import' }

describe.each(kinds.filter(available))('the import of a joker, on $store', kind => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, crowd: 4 })
  })
  afterAll(() => fixture?.stop())

  /** Imports the joker of somebody who has none. `meanwhile` happens while the answer is hashed. */
  const importWhile = async (nth: number, meanwhile: 'nothing' | 'chosen' | 'cleared') => {
    const { store, audit, directory, proofs, passwordWrite, helpdesk, sayIn } = fixture.application
    const { joker, activationCodes } = proofs
    const { id, login } = fixture.crowd[nth] ?? { id: 'nobody', login: '' }
    const person = await directory.findLogin(login)
    if (!(person.ok && person.person)) throw new Error(id)
    const own = { person: person.person.id, question: 'town', free: false } as const
    const hashed = await joker.hashAnswer('Lisbonne')
    if (!hashed.ok) throw new Error(hashed.reason)
    await store.transaction(tx => joker.clear(tx, own.person))
    const hashAnswer: typeof joker.hashAnswer = async (...typed) => {
      if (meanwhile !== 'nothing') await store.transaction(tx => joker.set(tx, { ...own, kept: hashed.kept }))
      if (meanwhile === 'cleared') await helpdesk.clearJoker(own.person, why)
      return joker.hashAnswer(...typed)
    }
    const deps = { store, audit, directory, activationCodes, revocations: passwordWrite.revocations, sayIn }
    const imported = { login, question: 'pet', answer: 'Perroquet' }
    const outcome = await importJoker({ ...deps, joker: { ...joker, hashAnswer } }, imported, why)
    const row = await store.read
      .selectFrom('jokers')
      .select('question')
      .where('person', '=', own.person)
      .executeTakeFirst()
    return { outcome, question: row?.question ?? null }
  }

  it('sets the one of whoever has none', async () => {
    expect(await importWhile(0, 'nothing')).toEqual({ outcome: 'set', question: 'pet' })
  })

  it('leaves the one that its owner chose meanwhile', async () => {
    expect(await importWhile(1, 'chosen')).toEqual({ outcome: 'exists', question: 'town' })
  })

  it('sets none where the helpdesk cleared another meanwhile', async () => {
    expect(await importWhile(2, 'cleared')).toMatchObject({
      outcome: { refusedBecause: 'the helpdesk cleared the joker of this account' },
      question: null,
    })
  })
})
