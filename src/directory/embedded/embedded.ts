import { ok, refused } from '../../result.ts'
import type { RetentionOf } from '../../retention-rule.ts'
import type { Store } from '../../store/store.ts'
import { report } from '../check-lines.ts'
import {
  type CountedPerson,
  type Directory,
  type NumberKind,
  numberKinds,
  type Person,
  type PersonId,
  populationOfNumber,
} from '../directory.ts'
import { noLockout } from '../lockout.ts'
import { foldNumber } from '../number.ts'

/** Hashes the embedded passwords; `hash` returns a salted hash in the text form that `verify` reads. */
export type EmbeddedPasswords = {
  hash(password: string): Promise<string>
  verify(stored: string, password: string): Promise<boolean>
}

/** An entry as a test or the demonstration supplies it. */
export type EmbeddedEntry = Omit<Person, 'id'> & {
  readonly id: string
  readonly numbers: { readonly [kind in NumberKind]?: string | undefined }
  readonly password: string | null
}

const minLength = 8
const pageSize = 500

/** Milliseconds for one hash behind a full queue and one transaction that waits for its lock. */
const longest = 30_000

const toPerson = (row: { id: string; entry: string }): Person => ({
  ...(JSON.parse(row.entry) as Person),
  id: row.id as PersonId,
})

async function readByIds(store: Store, ids: readonly string[]) {
  const rows = await store.read
    .selectFrom('embedded_people')
    .select(['id', 'entry'])
    .where('id', 'in', ids)
    .execute()
  return ok({ people: rows.map(toPerson) })
}

async function readEverybody(store: Store, add: (people: readonly CountedPerson[]) => void) {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows = await store.read
      .selectFrom('embedded_people')
      .select(['id', 'entry'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageSize)
      .execute()
    add(rows.map(toPerson).map(person => ({ ...person, isFindable: person.birthDate !== null })))
    after = rows.at(-1)?.id
  }
  return ok({ endedBy: null })
}

type Deps = { readonly store: Store; readonly passwords: EmbeddedPasswords }

const readRow = ({ store }: Deps, id: string) =>
  store.read.selectFrom('embedded_people').selectAll().where('id', '=', id).executeTakeFirst()

async function findByNumber({ store }: Deps, kind: NumberKind, number: string) {
  const rows = await store.read
    .selectFrom('embedded_numbers')
    .innerJoin('embedded_people', 'embedded_people.id', 'embedded_numbers.person')
    .select(['embedded_people.id', 'embedded_people.entry'])
    .where('embedded_numbers.kind', '=', kind)
    .where('embedded_numbers.number', '=', number)
    .limit(2)
    .execute()
  return ok({ people: rows.map(toPerson) })
}

/**
 * The directory of the demonstration and of the tests: people and hashed passwords in tables of their own. It passes
 * the same contract as the real ones, and like them it is never part of the product's transactions.
 */
export const createEmbeddedDirectory = (deps: Deps): Directory => {
  const { store, passwords } = deps
  return {
    longest,
    populationOf: kind => populationOfNumber[kind],
    find: (kind, number) => findByNumber(deps, kind, number),
    findByIds: (_, ids) => readByIds(store, ids),
    findLogin: async login => {
      const row = await store.read
        .selectFrom('embedded_people')
        .selectAll()
        .where('login', '=', login.toLowerCase())
        .executeTakeFirst()
      return ok({ person: row ? toPerson(row) : null, lockout: noLockout })
    },
    read: async id => {
      const row = await readRow(deps, id)
      return ok({ person: row ? toPerson(row) : null })
    },
    write: async (id, password) => {
      if ([...password].length < minLength) return refused('directory-too-short')
      const hashed = await passwords.hash(password)
      const written = await store.transaction(tx =>
        tx.updateTable('embedded_people').set({ password: hashed }).where('id', '=', id).executeTakeFirst(),
      )
      return written.numUpdatedRows === 1n ? ok({ server: 'embedded' }) : refused('directory-not-allowed')
    },
    bind: async (id, password) => {
      const stored = (await readRow(deps, id))?.password
      if (password === '') return refused('wrong-password')
      // For an unknown id one hash is computed too: an immediate refusal would reveal who exists.
      const matches = await passwords.verify(stored ?? 'AAAAAAAAAAAAAAAAAAAAAA:none', password)
      return matches && stored ? ok() : refused('wrong-password')
    },
    expiring: async () => ok({ people: [] }),
    everybody: add => readEverybody(store, add),
    outage: () => store.outage(),
    checkHistory: async () => [
      report('directory-history-unsupported', {
        means: 'The embedded directory keeps no old passwords, so it refuses none.',
      }),
    ],
    check: async () => [
      {
        level: 'warning',
        what: 'directory',
        detail: 'The embedded directory holds invented people: it is for demonstrations.',
      },
    ],
    close: async () => {},
  }
}

/** Inserts the entries that do not exist yet; existing ones keep their changes. Returns how many were inserted. */
export const insertMissingEntries = async (
  store: Store,
  entries: readonly EmbeddedEntry[],
  passwords: EmbeddedPasswords,
) => {
  const known = new Set(
    (await store.read.selectFrom('embedded_people').select('id').execute()).map(({ id }) => id),
  )
  const missing = entries.filter(({ id }) => !known.has(id))
  const hashed = new Map<string, string | null>()
  for (const { id, password } of missing)
    hashed.set(id, password === null ? null : await passwords.hash(password))
  await store.transaction(async tx => {
    for (const { numbers, password: _, ...person } of missing) {
      const { id, login } = person
      await tx
        .insertInto('embedded_people')
        .values({ id, login, entry: JSON.stringify(person), password: hashed.get(id) ?? null })
        .onConflict(conflict => conflict.column('id').doNothing())
        .execute()
      for (const kind of numberKinds) {
        const number = numbers[kind]
        if (number)
          await tx
            .insertInto('embedded_numbers')
            .values({ kind, number: foldNumber(kind, number), person: id })
            .onConflict(conflict => conflict.columns(['kind', 'number', 'person']).doNothing())
            .execute()
      }
    }
  })
  return missing.length
}

const directory = { kept: 'the directory of a demonstration' }

export const embeddedRetention: RetentionOf<'embedded_people' | 'embedded_numbers'> = {
  embedded_people: directory,
  embedded_numbers: directory,
}
