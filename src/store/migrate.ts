import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { OperatorError } from '../operator-error.ts'
import type { Store, Tx } from './store.ts'

/** A migration is an SQL file. Each is applied once, in order, and is never changed afterwards. */
type Migration = { readonly name: string; readonly digest: string; readonly statements: readonly string[] }

const withoutComments = (text: string) =>
  text
    .split('\n')
    .map(line => line.replace(/--.*$/, ''))
    .join('\n')

export const readMigrations = (folder: string): Migration[] =>
  readdirSync(folder)
    .filter(name => /^\d{3}-[a-z-]+\.sql$/.test(name))
    .sort()
    .map(name => {
      const text = readFileSync(join(folder, name), 'utf8')
      return {
        name,
        digest: createHash('sha256').update(text).digest('hex'),
        statements: withoutComments(text)
          .split(';')
          .map(statement => statement.trim())
          .filter(statement => statement !== ''),
      }
    })

export type AppliedMigration = { name: string; digest: string }

const readApplied = async (db: Store['read']): Promise<readonly AppliedMigration[]> =>
  (await sql<AppliedMigration>`select name, digest from schema_migrations order by name`.execute(db)).rows

const checkApplied = (known: readonly Migration[], applied: readonly AppliedMigration[]) => {
  for (const { name, digest } of applied) {
    const ours = known.find(migration => migration.name === name)
    if (!ours)
      throw new OperatorError(
        'store',
        `the store was made by a newer Sésame (it holds ${name}): upgrade this one, or restore a backup`,
      )
    if (ours.digest !== digest)
      throw new OperatorError(
        'store',
        `${name} was changed after it was applied, and a migration never changes: install the released files of this version again`,
      )
  }
}

const lock = async (tx: Tx, flavour: Store['flavour']) => {
  if (flavour === 'postgres') await sql`select pg_advisory_xact_lock(7310572)`.execute(tx)
}

const apply = async (tx: Tx, migration: Migration) => {
  for (const statement of migration.statements) await sql.raw(statement).execute(tx)
  await sql`insert into schema_migrations (name, digest, applied_at) values (${migration.name}, ${migration.digest}, ${Date.now()})`.execute(
    tx,
  )
}

/** The migrations that the store lacks, by what it says of those applied. Throws when a newer version made the store. */
export const missingMigrations = (folder: string, applied: readonly AppliedMigration[]) => {
  const known = readMigrations(folder)
  checkApplied(known, applied)
  const names = new Set(applied.map(({ name }) => name))
  return known.filter(({ name }) => !names.has(name)).map(({ name }) => name)
}

/** Applies the missing migrations in one transaction, one process at a time. Throws when a newer version made the store. */
export const migrate = (store: Store, folder: string) => {
  const known = readMigrations(folder)
  return store.transaction(async tx => {
    await lock(tx, store.flavour)
    await sql`create table if not exists schema_migrations (name text primary key, digest text not null, applied_at bigint not null)`.execute(
      tx,
    )
    const applied = await readApplied(tx)
    checkApplied(known, applied)
    const names = new Set(applied.map(({ name }) => name))
    const missing = known.filter(({ name }) => !names.has(name))
    for (const migration of missing) await apply(tx, migration)
    return missing.map(({ name }) => name)
  })
}
