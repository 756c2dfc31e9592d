import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickHashing } from '../../../test/world/quick-hashing.ts'
import { newStore } from '../../../test/world/stores.ts'
import { keysFrom } from '../../crypto/keys.ts'
import type { Directory, Finding, Population } from '../directory.ts'
import { createEmbeddedDirectory, insertMissingEntries } from '../embedded/embedded.ts'
import { createEmbeddedPasswords } from '../embedded/passwords.ts'
import { checkImported } from './check.ts'
import { withImportedIdentification } from './imported.ts'
import { saveImported } from './rows.ts'

const keys = keysFrom(Buffer.alloc(32, 5))
const born = { year: 1985, month: 7, day: 14 }

describe('sesame check, where people are identified by what was imported', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let directory: Directory
  beforeEach(async () => {
    opened = await newStore()
    const passwords = createEmbeddedPasswords(quickHashing())
    const entry = (id: string, population: Population, more: object = {}) => ({
      id,
      login: id,
      populations: [population],
      displayName: id,
      firstNames: [],
      familyNames: [],
      birthDate: null,
      addresses: [],
      privileged: false,
      closed: false as const,
      numbers: {},
      password: null,
      ...more,
    })
    await insertMissingEntries(
      opened.store,
      [
        entry('camille', 'staff'),
        entry('martin', 'staff'),
        entry('yanis', 'student'),
        entry('root', 'staff', { privileged: true }),
        entry('left', 'external', { closed: 'by-record' }),
      ],
      passwords,
    )
    directory = createEmbeddedDirectory({ store: opened.store, passwords })
  })
  afterEach(() => opened.forget())

  const save = (id: string, kind: 'staff-number' | 'student-number', number = id) =>
    opened.store.transaction(tx => saveImported(tx, keys, [{ id, born, numbers: [{ kind, number }] }]))
  const check = (changes: Partial<Directory> = {}) =>
    checkImported({ ...directory, ...changes }, opened.store.read)
  const levels = (findings: readonly Finding[]) => findings.map(({ level, what }) => [level, what])

  it('is wrong while nobody was imported: `imported`', async () => {
    expect(levels(await check())).toEqual([['wrong', 'imported']])
  })

  it('is good once everybody was, without the closed and the privileged', async () => {
    await save('camille', 'staff-number')
    await save('martin', 'staff-number')
    await save('yanis', 'student-number')
    expect(await check()).toMatchObject([
      { level: 'good', what: 'imported', detail: expect.stringMatching(/^3 people/) },
    ])
  })

  it('`imported-missing` warns of those who lack, and is wrong where a whole population lacks', async () => {
    await save('camille', 'staff-number')
    await save('yanis', 'staff-number')
    const findings = await check()
    expect(levels(findings)).toEqual([
      ['good', 'imported'],
      ['wrong', 'imported-missing student'],
      ['warning', 'imported-missing staff'],
    ])
    expect(findings[2]?.detail).toMatch(/^Of 1 of 2 people/)
  })

  it('`imported-shared` where two people have one number, by which nobody is found', async () => {
    await save('camille', 'staff-number', '204518')
    await save('martin', 'student-number', '204518')
    expect(levels(await check())).not.toContainEqual(['wrong', 'imported-shared'])
    await save('martin', 'staff-number', '204518')
    const findings = await check()
    expect(levels(findings)).toContainEqual(['wrong', 'imported-shared'])
    expect(findings.find(({ what }) => what === 'imported-shared')?.detail).toMatch(/^2 people/)
  })

  it('`imported-unknown` warns of ids that no entry has, and is wrong where all are such', async () => {
    await save('gone', 'staff-number')
    const all = await check()
    expect(levels(all)).toContainEqual(['wrong', 'imported-unknown'])
    expect(levels(all)).not.toContainEqual(['good', 'imported'])
    await save('camille', 'staff-number')
    const some = await check()
    expect(levels(some)).toContainEqual(['warning', 'imported-unknown'])
    expect(some.find(({ what }) => what === 'imported-unknown')?.detail).toMatch(/^1 of 2 imported ids/)
  })

  it('`imported-lookup` is wrong where an entry may be read and not searched by its id', async () => {
    await save('camille', 'staff-number')
    const findings = await check({ read: async () => ({ ok: true, person: null }) })
    expect(levels(findings)).toContainEqual(['wrong', 'imported-lookup'])
    expect(levels(await check())).not.toContainEqual(['wrong', 'imported-lookup'])
  })

  it('`imported-untried` where the directory does not answer, or does not show everybody', async () => {
    await save('camille', 'staff-number')
    const silent = await check({ everybody: async () => ({ ok: false, reason: 'directory-unavailable' }) })
    expect(levels(silent)).toEqual([['untried', 'imported-untried']])
    const limited = await check({ everybody: async () => ({ ok: true, endedBy: 'The server ended it.' }) })
    expect(levels(limited)).toEqual([['untried', 'imported-untried']])
  })

  it('says nothing of numbers and dates that the directory is not asked for, and all the rest', async () => {
    const found = [
      'birth-date staff',
      'identification uid',
      'number-form ine',
      'hidden student supannEtuId',
      'no-attribute staff supannOIDCDateDeNaissance',
      'index supannEmpId',
      'hidden student mail',
      'index entryUUID',
      'people staff',
    ].map((what): Finding => ({ level: 'wrong', what, detail: '' }))
    const unread = ['supannEtuId', 'supannEmpId', 'supannOIDCDateDeNaissance']
    const one = withImportedIdentification(
      { ...directory, check: async () => found },
      { store: opened.store, keys: null, now: Date.now, unread },
    )
    expect((await one.check()).map(({ what }) => what)).toEqual([
      'hidden student mail',
      'index entryUUID',
      'people staff',
    ])
  })
})
