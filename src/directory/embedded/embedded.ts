import { ok, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { Directory, Person, PersonId } from '../directory.ts'
import { noLockout } from '../lockout.ts'
import { foldNumber } from '../number.ts'

/** Hashes the embedded passwords; `hash` makes a salted text that `verify` reads. */
export type EmbeddedPasswords = {
  hash(password: string): Promise<string>
  verify(held: string, password: string): Promise<boolean>
}

/** An entry as a test or the demonstration gives it. */
export type EmbeddedEntry = Omit<Person, 'id'> & {
  readonly id: string
  readonly numbers: { readonly [kind: string]: string | undefined }
  readonly password: string | null
}

const minLength = 8

/** One hash behind a full queue, and a transaction that waits for its turn. */
const longest = 30_000

/**
 * The directory of the demonstration and of the tests: people and hashed passwords in tables of their own. It passes
 * the same contract as the real ones, and like them it is never part of the product's transactions.
 */
export const createEmbeddedDirectory = (deps: { store: Store; passwords: EmbeddedPasswords }): Directory => {
  const { store, passwords } = deps

  const readRow = (id: string) =>
    store.read.selectFrom('embedded_people').selectAll().where('id', '=', id).executeTakeFirst()
  const toPerson = (row: { id: string; entry: string }): Person => ({
    ...(JSON.parse(row.entry) as Person),
    id: row.id as PersonId,
  })

  return {
    longest,
    find: async (kind, number) => {
      const rows = await store.read
        .selectFrom('embedded_numbers')
        .innerJoin('embedded_people', 'embedded_people.id', 'embedded_numbers.person')
        .select(['embedded_people.id', 'embedded_people.entry'])
        .where('embedded_numbers.kind', '=', kind)
        .where('embedded_numbers.number', '=', number)
        .limit(2)
        .execute()
      return ok({ people: rows.map(toPerson) })
    },
    findLogin: async login => {
      const row = await store.read
        .selectFrom('embedded_people')
        .selectAll()
        .where('login', '=', login.toLowerCase())
        .executeTakeFirst()
      return ok({ person: row ? toPerson(row) : null, lockout: noLockout })
    },
    read: async id => {
      const row = await readRow(id)
      return ok({ person: row ? toPerson(row) : null })
    },
    write: async (id, password) => {
      if ([...password].length < minLength) return refused('directory-too-short')
      const held = await passwords.hash(password)
      const written = await store.transaction(tx =>
        tx.updateTable('embedded_people').set({ password: held }).where('id', '=', id).executeTakeFirst(),
      )
      return written.numUpdatedRows === 1n ? ok({ server: 'embedded' }) : refused('directory-not-allowed')
    },
    bind: async (id, password) => {
      const held = (await readRow(id))?.password
      if (password === '') return refused('wrong-password')
      // Nobody's password costs a hash too: a refusal in no time would tell who is known.
      const matches = await passwords.verify(held ?? 'AAAAAAAAAAAAAAAAAAAAAA:none', password)
      return matches && held ? ok() : refused('wrong-password')
    },
    ping: () => store.ping(),
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

/** Puts entries that are not there yet; what people changed since is kept. */
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
      for (const [kind, number] of Object.entries(numbers))
        if (number)
          await tx
            .insertInto('embedded_numbers')
            .values({ kind, number: foldNumber(number), person: id })
            .onConflict(conflict => conflict.columns(['kind', 'number', 'person']).doNothing())
            .execute()
    }
  })
  return missing.length
}
