import { sql } from 'kysely'
import { OperatorError } from '../operator-error.ts'
import { readRootKeyState, replaceRootKey } from './installation.ts'
import type { Schema } from './schema.ts'
import type { Store, Tx } from './store.ts'

/**
 * A backup is every row as lines of JSON, in the same format for SQLite and PostgreSQL. The first line lists the applied
 * migrations and has the fingerprint of the root key; the last is the number of rows, by which a truncated backup is detected. It contains
 * no keys: sealed values open only with the root key, and passwords that wait for delivery do not open even with it, because their keys are separate files.
 */
type Header = {
  readonly sesame: 'backup'
  readonly migrations: readonly { name: string; digest: string }[]
  /** `null`: the store was never used with a key. */
  readonly rootKey: string | null
  /** When it replaced another root key, and when nothing was left under that one. */
  readonly switchedAt: number | null
  readonly rotatedAt: number | null
}
type Footer = { readonly rows: number }

const readAppliedMigrations = async (db: Store['read']) =>
  (
    await sql<{
      name: string
      digest: string
    }>`select name, digest from schema_migrations order by name`.execute(db)
  ).rows

const neverUsed = { rootKey: null, switchedAt: null, rotatedAt: null }

/** These two describe the store itself: the first line of a backup has what they hold. */
const describingTables: readonly string[] = ['schema_migrations', 'installation']

const readTableNames = async (db: Store['read']) =>
  (await db.introspection.getTables())
    .map(({ name }) => name)
    .filter(name => !describingTables.includes(name))
    .sort() as (keyof Schema)[]

/** Reads all rows in one snapshot and passes each line, without its line break, to `writeLine`; returns the number of rows. */
export const readBackup = (store: Store, writeLine: (text: string) => Promise<void>) =>
  store.snapshot(async db => {
    const header: Header = {
      sesame: 'backup',
      migrations: await readAppliedMigrations(db),
      ...((await readRootKeyState(db)) ?? neverUsed),
    }
    await writeLine(JSON.stringify(header))
    let rows = 0
    for (const table of await readTableNames(db))
      for (const row of await db.selectFrom(table).selectAll().execute()) {
        await writeLine(JSON.stringify([table, row]))
        rows += 1
      }
    await writeLine(JSON.stringify({ rows } satisfies Footer))
    return rows
  })

/**
 * Sessions, codes and tokens are not restored: they may have been ended, used or revoked after the backup, perhaps because an
 * attacker had one, and must not become valid again. Their holders sign in or start again.
 */
export const transientTables: readonly (keyof Schema)[] = [
  'sessions',
  'refused_forms',
  'pending_sign_ins',
  'external_sign_ins',
  'passkey_challenges',
  'sent_codes',
  'helpdesk_codes',
  'not_me_tokens',
  'journeys',
  'receipts',
  'known_browsers',
  'key_holders',
]

type KindAndEnd = { kind?: string; settled_at?: number | null }

/**
 * What a freeze had still to write, to the source or to a service, is not restored: it would overwrite the password of an account that
 * was recovered after the backup. The freeze itself is restored.
 */
const isOpenFreeze = (table: keyof Schema, row: KindAndEnd) =>
  (table === 'attempts' || table === 'deliveries') && row.kind === 'freeze' && row.settled_at === null

const isEmpty = async (db: Store['read']) => {
  for (const table of await readTableNames(db))
    if (await db.selectFrom(table).selectAll().limit(1).executeTakeFirst()) return false
  return true
}

const isComplete = (last: string | undefined, rows: number) => {
  try {
    return (JSON.parse(last ?? '{}') as Partial<Footer>).rows === rows
  } catch {
    // The file ends in the middle of a line.
    return false
  }
}

const readHeader = (line: string): Partial<Header> => {
  try {
    return (JSON.parse(line) ?? {}) as Partial<Header>
  } catch {
    return {}
  }
}

/**
 * Restores a backup, except its transient tables, into an empty store in one transaction, with what
 * `afterRestore` writes; returns the number of rows. Throws an error for the operator when the file is not a complete backup of this version and
 * of one of these root keys (`rootKeys`: their fingerprints, that of `rootKeyFile` first).
 */
export const writeBackup = async (
  store: Store,
  lines: readonly string[],
  rootKeys: readonly string[],
  afterRestore: (tx: Tx) => Promise<unknown>,
) => {
  const [first = '{}', ...others] = lines
  const rows = others.slice(0, -1)
  const header = readHeader(first)
  if (header.sesame !== 'backup') throw new OperatorError('backup', 'this file is no backup of Sésame')
  if (!isComplete(others.at(-1), rows.length))
    throw new OperatorError('backup', 'this backup was cut short: it lacks its last rows')
  const ours = await readAppliedMigrations(store.read)
  if (JSON.stringify(header.migrations) !== JSON.stringify(ours))
    throw new OperatorError(
      'backup',
      'this backup was made by another version of Sésame: restore it with that version, then upgrade',
    )
  const rootKey = header.rootKey ?? rootKeys[0] ?? ''
  if (!rootKeys.includes(rootKey))
    throw new OperatorError(
      'rootKeyFile',
      `this backup was made under the root key ${rootKey}, and the configured one is ${rootKeys.join(' or ')}: put the file of the right key in rootKeyFile`,
    )
  if (!(await isEmpty(store.read)))
    throw new OperatorError('backup', 'the store holds rows already: restore into an empty one')
  const restored = rows
    .map(line => JSON.parse(line) as [keyof Schema, never])
    .filter(([table, row]) => !(transientTables.includes(table) || isOpenFreeze(table, row)))
  await store.transaction(async tx => {
    for (const [table, row] of restored) await tx.insertInto(table).values(row).execute()
    const { switchedAt = null, rotatedAt = null } = header
    await replaceRootKey(tx, { rootKey, switchedAt, rotatedAt })
    await afterRestore(tx)
  })
  return restored.length
}
