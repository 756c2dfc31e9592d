import { sql } from 'kysely'
import type { Schema } from './schema.ts'
import type { Store } from './store.ts'

/**
 * A copy of every row as lines of JSON, the same for SQLite and PostgreSQL: the first line says which migrations made
 * the tables, the last how many rows there are, so that a copy cut short is not taken for a whole one. Keys are not in
 * it: what is sealed opens only with the root key, and passwords that wait not even then.
 */
type Header = { readonly sesame: 'backup'; readonly migrations: readonly { name: string; digest: string }[] }
type End = { readonly rows: number }

const migrationsOf = async (db: Store['read']) =>
  (
    await sql<{
      name: string
      digest: string
    }>`select name, digest from schema_migrations order by name`.execute(db)
  ).rows

const tablesOf = async (db: Store['read']) =>
  (await db.introspection.getTables())
    .map(({ name }) => name)
    .filter(name => name !== 'schema_migrations')
    .sort() as (keyof Schema)[]

/** One consistent reading, however much is written meanwhile. Yields lines without their end. */
export const readBackup = (store: Store, line: (text: string) => Promise<void>) =>
  store.snapshot(async db => {
    const header: Header = { sesame: 'backup', migrations: await migrationsOf(db) }
    await line(JSON.stringify(header))
    let rows = 0
    for (const table of await tablesOf(db))
      for (const row of await db.selectFrom(table).selectAll().execute()) {
        await line(JSON.stringify([table, row]))
        rows += 1
      }
    await line(JSON.stringify({ rows } satisfies End))
    return rows
  })

/**
 * What a person held in hand at the moment of the copy. It may have been ended, used up or revoked since, by its owner
 * against a stranger perhaps, and must not open anything again: whoever held it signs in, or begins again.
 */
const transientTables: readonly (keyof Schema)[] = [
  ...(['sessions', 'pending_sign_ins', 'external_sign_ins', 'passkey_challenges', 'sent_codes'] as const),
  ...(['not_me_tokens', 'journeys', 'receipts', 'known_browsers'] as const),
]

/** It would write a password that nobody knows over whoever was recovered since; the freeze itself is restored. */
const isOpenFreeze = (table: keyof Schema, row: { kind?: string; state?: string }) =>
  table === 'attempts' && row.kind === 'freeze' && row.state === 'open'

const isEmpty = async (db: Store['read']) => {
  for (const table of await tablesOf(db))
    if (await db.selectFrom(table).selectAll().limit(1).executeTakeFirst()) return false
  return true
}

const isWhole = (last: string | undefined, rows: number) => {
  try {
    return (JSON.parse(last ?? '{}') as Partial<End>).rows === rows
  } catch {
    // Cut in the middle of a line.
    return false
  }
}

/**
 * All or nothing, into a store that holds nothing, but for what people held in hand; how many rows. Nothing that was
 * proved before `now` counts. Throws with a sentence when the file is not ours or not of this version.
 */
export const writeBackup = async (store: Store, lines: readonly string[], now: number) => {
  const [first = '{}', ...others] = lines
  const rows = others.slice(0, -1)
  const header = JSON.parse(first) as Partial<Header>
  if (header.sesame !== 'backup') throw new Error('this file is no backup of Sésame')
  if (!isWhole(others.at(-1), rows.length))
    throw new Error('this backup was cut short: it lacks its last rows')
  const mine = await migrationsOf(store.read)
  if (JSON.stringify(header.migrations) !== JSON.stringify(mine))
    throw new Error(
      'this backup was made by another version of Sésame: restore it with that version, then upgrade',
    )
  if (!(await isEmpty(store.read))) throw new Error('the store holds rows already: restore into an empty one')
  const kept = rows
    .map(line => JSON.parse(line) as [keyof Schema, never])
    .filter(([table, row]) => !(transientTables.includes(table) || isOpenFreeze(table, row)))
  await store.transaction(async tx => {
    for (const [table, row] of kept) await tx.insertInto(table).values(row).execute()
    await tx.updateTable('people').set({ proofs_revoked_at: now, sign_ins_revoked_at: now }).execute()
  })
  return kept.length
}
