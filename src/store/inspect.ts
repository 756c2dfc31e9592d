import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { requireUnicode } from './encoding.ts'
import { type AppliedMigration, missingMigrations } from './migrate.ts'
import type { StoreLocation } from './open.ts'

/** The fingerprint of the root key under which the store is written; null before its first start. `isRotating`: see the root keys. */
type StoredKey = { readonly rootKey: string | null; readonly isRotating: boolean }

const noKey: StoredKey = { rootKey: null, isRotating: false }

/** What the store is, without a change to it. `serverTime`: of PostgreSQL, in milliseconds since 1970. */
export type StoreState =
  | ({
      readonly kind: 'absent' | 'current' | 'behind'
      readonly missing: readonly string[]
      readonly serverTime?: number
    } & StoredKey)
  | { readonly kind: 'unreadable'; readonly because: string }
  | { readonly kind: 'foreign'; readonly because: string }

const messageOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

type Read = StoredKey & {
  readonly applied: readonly AppliedMigration[] | null
  readonly serverTime?: number
}

const select = 'select name, digest from schema_migrations order by name'
/** Every column: a store of an older version has fewer. */
const selectKey = 'select * from installation'

type InstallationRow = { root_key: string; switched_at?: unknown; rotated_at?: unknown }

const keyIn = (rows: readonly unknown[]): StoredKey => {
  const [row] = rows as readonly InstallationRow[]
  const isRotating = (row?.switched_at ?? null) !== null && row?.rotated_at === null
  return { rootKey: row?.root_key ?? null, isRotating }
}

/** SQLite creates files beside a database in WAL mode even for a reader. Without a log there is no writer, and it need not. */
const readSqlite = (file: string): Read => {
  if (!existsSync(file)) return { applied: null, ...noKey }
  const address = pathToFileURL(file)
  if (!existsSync(`${file}-wal`)) address.searchParams.set('immutable', '1')
  const database = new DatabaseSync(address, { readOnly: true })
  try {
    const has = (table: string) =>
      database.prepare('select 1 from sqlite_master where name = ?').get(table) !== undefined
    return {
      applied: has('schema_migrations') ? (database.prepare(select).all() as AppliedMigration[]) : null,
      ...(has('installation') ? keyIn(database.prepare(selectKey).all()) : noKey),
    }
  } finally {
    database.close()
  }
}

const readPostgres = async (url: string): Promise<Read> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  })
  await client.connect()
  try {
    await client.query('set default_transaction_read_only = on')
    const { rows } = await client.query(
      "select to_regclass('schema_migrations') is not null as made, to_regclass('installation') is not null as keyed, extract(epoch from clock_timestamp()) * 1000 as now, current_setting('server_encoding') as encoding",
    )
    const [{ made, keyed, now, encoding }] = rows as [
      { made: boolean; keyed: boolean; now: string; encoding: string },
    ]
    requireUnicode(encoding)
    return {
      applied: made ? ((await client.query(select)).rows as AppliedMigration[]) : null,
      ...(keyed ? keyIn((await client.query(selectKey)).rows) : noKey),
      serverTime: Number(now),
    }
  } finally {
    await client.end()
  }
}

const stateOf = ({ applied, ...rest }: Read, migrations: string): StoreState => {
  try {
    const missing = missingMigrations(migrations, applied ?? [])
    const made = missing.length > 0 ? 'behind' : 'current'
    return { kind: applied ? made : 'absent', missing, ...rest }
  } catch (fault) {
    return { kind: 'foreign', because: messageOf(fault) }
  }
}

/** Reads which tables the store has; it creates and migrates nothing. */
export const inspectStore = async (location: StoreLocation, migrations: string): Promise<StoreState> => {
  try {
    const read = 'url' in location ? await readPostgres(location.url) : readSqlite(location.file)
    return stateOf(read, migrations)
  } catch (fault) {
    return { kind: 'unreadable', because: messageOf(fault) }
  }
}
