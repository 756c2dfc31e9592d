import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../../test/world/clock.ts'
import { quickHashing } from '../../../test/world/quick-hashing.ts'
import { migrations, newStore, type StoreFlavour, storeFlavours } from '../../../test/world/stores.ts'
import { keysFrom, rootKeyFrom } from '../../crypto/keys.ts'
import { rekeyings } from '../../rekeyings.ts'
import { openKeyRing } from '../../root-keys/key-ring.ts'
import { rotateRootKey } from '../../root-keys/rotation.ts'
import { recordRootKey } from '../../store/installation.ts'
import { openStore } from '../../store/open.ts'
import type { Store } from '../../store/store.ts'
import { isBornOn } from '../birth-date.ts'
import type { Directory, PersonId } from '../directory.ts'
import { createEmbeddedDirectory, insertMissingEntries } from '../embedded/embedded.ts'
import { createEmbeddedPasswords } from '../embedded/passwords.ts'
import { withImportedIdentification } from './imported.ts'
import { type ImportedPerson, saveImported } from './rows.ts'

const born = { year: 1985, month: 7, day: 14 }
const importedAs = (id: string, number: string, date = born): ImportedPerson => ({
  id,
  born: date,
  numbers: [{ kind: 'staff-number', number }],
})

/** People of a directory without numbers and dates of birth, in a store of its own, whose calls are noted. */
const openDirectory = async (flavour: StoreFlavour) => {
  const own = await newStore(flavour)
  const passwords = createEmbeddedPasswords(quickHashing())
  const people = ['camille', 'martin', 'twin-1', 'twin-2'].map(id => ({
    id,
    login: id,
    populations: ['staff'] as const,
    displayName: id,
    firstNames: [],
    familyNames: [],
    birthDate: null,
    addresses: [],
    privileged: false,
    closed: false as const,
    numbers: {},
    password: null,
  }))
  await insertMissingEntries(own.store, people, passwords)
  const directory = createEmbeddedDirectory({ store: own.store, passwords })
  const calls: string[] = []
  const noted: Directory = {
    ...directory,
    find: async () => {
      throw new Error('the directory has no numbers')
    },
    findByIds: (kind, ids) => {
      calls.push(`${kind} ${ids.map(id => id.length > 0).join()}`)
      return directory.findByIds(kind, ids)
    },
  }
  return { directory: noted, calls, forget: own.forget }
}

describe.each(storeFlavours.filter(({ available }) => available))(
  'people who are identified by what was imported, on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let people: Awaited<ReturnType<typeof openDirectory>>
    const keys = keysFrom(Buffer.alloc(32, 5))
    const save = (held: typeof keys, ...all: readonly ImportedPerson[]) =>
      opened.store.transaction(tx => saveImported(tx, held, all))
    const identify = (store: Store, held = keys) =>
      withImportedIdentification(people.directory, { store, keys: held, now: Date.now, unread: [] })
    const findIn = async (directory: Directory, number: string) => {
      const found = await directory.find('staff-number', number)
      if (!found.ok) throw new Error(found.reason)
      return found.people
    }
    beforeEach(async () => {
      opened = await newStore(flavour)
      people = await openDirectory(flavour)
    })
    afterEach(async () => {
      await opened.forget()
      await people.forget()
    })

    it('are found by their number, and known by their date of birth alone', async () => {
      await save(keys, importedAs('camille', '204518'))
      const directory = identify(opened.store)
      const [found, ...others] = await findIn(directory, '204518')
      expect([found?.id, others]).toEqual(['camille', []])
      expect(found && isBornOn(found, born)).toBe(true)
      expect(found && isBornOn(found, { ...born, day: 15 })).toBe(false)
      expect(await findIn(directory, '204519')).toEqual([])
      const read = await directory.read('camille' as PersonId)
      expect(read.ok && read.person?.birthDateDigest?.isIn(1985)).toBe(true)
      expect(read.ok && read.person?.birthDateDigest?.isIn(1986)).toBe(false)
      const martin = await directory.read('martin' as PersonId)
      expect(martin.ok && martin.person && isBornOn(martin.person, born)).toBe(false)
    })

    it('are not found by a number of another kind, nor without an entry of the directory', async () => {
      await save(keys, importedAs('camille', '204518'), importedAs('gone', '777'))
      const directory = identify(opened.store)
      expect(await directory.find('uid', '204518')).toEqual({ ok: true, people: [] })
      expect(await findIn(directory, '777')).toEqual([])
    })

    it('are two where two have one number', async () => {
      await save(keys, importedAs('twin-1', '555'), importedAs('twin-2', '555'))
      expect((await findIn(identify(opened.store), '555')).map(({ id }) => id).sort()).toEqual([
        'twin-1',
        'twin-2',
      ])
    })

    it('cost the same statements and the same search as nobody, two people, and somebody without an entry', async () => {
      await save(
        keys,
        importedAs('camille', '204518'),
        importedAs('gone', '777'),
        importedAs('twin-1', '555'),
        importedAs('twin-2', '555'),
      )
      const statements: string[] = []
      const observer = { statement: (text: string) => void statements.push(text), transaction: () => {} }
      const observed = await openStore(opened.where, { migrations, observer })
      const directory = identify(observed)
      await findIn(directory, 'first')
      const work = async (number: string, id: string) => {
        statements.length = 0
        people.calls.length = 0
        await findIn(directory, number)
        await directory.read(id as PersonId)
        return { statements: [...statements], calls: [...people.calls] }
      }
      const known = await work('204518', 'camille')
      expect(known.statements).toHaveLength(2)
      expect(known.calls).toEqual(['staff-number true,true'])
      for (const [number, id] of [
        ['204519', 'nobody'],
        ['777', 'gone'],
        ['555', 'twin-1'],
      ] as const)
        expect(await work(number, id)).toEqual(known)
      await observed.close()
    })

    it('are kept as digests under the key alone, equal dates of two people by different ones', async () => {
      await save(keys, importedAs('camille', '204518'), importedAs('martin', '198077'))
      const { rows: all } = await sql<Record<string, string>>`select * from imported_people`.execute(
        opened.store.read,
      )
      const { rows: numbers } = await sql<Record<string, string>>`select * from imported_numbers`.execute(
        opened.store.read,
      )
      expect(JSON.stringify([all, numbers])).not.toMatch(/1985|204518|198077/)
      expect(new Set(all.map(row => row.born)).size).toBe(2)
      const other = keysFrom(Buffer.alloc(32, 6))
      expect(await findIn(identify(opened.store, other), '204518')).toEqual([])
    })

    it('are saved again without a write, changed by a newer line, and counted', async () => {
      const camille = importedAs('camille', '204518')
      expect(await save(keys, camille)).toEqual({ added: ['camille'], changed: [] })
      const rows = () =>
        opened.store.read.selectFrom('imported_numbers').selectAll().where('person', '=', 'camille').execute()
      const before = await rows()
      expect(await save(keys, camille)).toEqual({ added: [], changed: [] })
      expect(await rows()).toEqual(before)
      for (const newer of [
        importedAs('camille', '204520'),
        importedAs('camille', '204520', { ...born, day: 15 }),
        { ...camille, numbers: [...camille.numbers, { kind: 'uid' as const, number: 'clefevre' }] },
        camille,
      ])
        expect(await save(keys, newer)).toEqual({ added: [], changed: ['camille'] })
      expect((await rows()).map(({ kind }) => kind)).toEqual(['staff-number'])
      const directory = identify(opened.store)
      expect((await findIn(directory, '204518')).map(({ id }) => id)).toEqual(['camille'])
      expect(await findIn(directory, '204520')).toEqual([])
    })

    it('are found before the root key is replaced, meanwhile in each process, and after it; no old key tests a guess', async () => {
      const roots = [randomBytes(32), randomBytes(32), randomBytes(32)] as const
      const [former, next, third] = [rootKeyFrom(roots[0]), rootKeyFrom(roots[1]), rootKeyFrom(roots[2])]
      const { store } = opened
      const moved = movableClock()
      const clock = { ...moved, sleep: async (milliseconds: number) => moved.forward(milliseconds) }
      await store.transaction(tx => recordRootKey(tx, former.fingerprint))
      const ringOf = (configured: typeof former, other: typeof former | null) =>
        openKeyRing(store, { configured, new: other }, clock)
      const report = { onSwitch: () => {}, onResume: () => {}, onProgress: () => {}, onWait: () => {} }
      const rotate = (ring: Awaited<ReturnType<typeof ringOf>>) =>
        rotateRootKey({ store, ring, clock, rekeyings, report, proofUses: [], rekeyAudit: async () => {} })
      const isFound = async (directory: Directory, number: string) => {
        const [one] = await findIn(directory, number)
        return one ? isBornOn(one, born) : false
      }
      const first = await ringOf(former, next)
      await save(first.keys, importedAs('camille', '204518'))
      const asleep = await ringOf(former, next)
      const early = identify(store, asleep.keys)
      expect(await isFound(early, '204518')).toBe(true)
      await rotate(first)
      const second = await ringOf(next, third)
      await save(second.keys, importedAs('martin', '198077'))
      expect(await isFound(early, '204518')).toBe(true)
      expect(await isFound(identify(store, second.keys), '204518')).toBe(true)
      expect(await save(second.keys, importedAs('camille', '204518'))).toEqual({ added: [], changed: [] })
      await rotate(second)
      const after = identify(store, (await ringOf(third, null)).keys)
      expect([await isFound(after, '204518'), await isFound(after, '198077')]).toEqual([true, true])
      const peppers = await store.read.selectFrom('imported_people').select('pepper').execute()
      expect(peppers.map(({ pepper }) => pepper).every(pepper => pepper.endsWith(third.id))).toBe(true)
      for (const old of [roots[0], roots[1]])
        expect(await findIn(identify(store, keysFrom(old)), '204518')).toEqual([])
    })
  },
)
