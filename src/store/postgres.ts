import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { OperatorError } from '../operator-error.ts'
import { runWithFinishers } from './before-commit.ts'
import { connectFault } from './fault.ts'
import { findOutage } from './installation.ts'
import { reportingTo, type StoreObserver } from './observer.ts'
import type { Schema } from './schema.ts'
import type { Store, Tx } from './store.ts'

const { Pool, types } = pg

/** pg returns int8 and numeric as text. All our numbers fit a double (milliseconds until the year 287396). */
const numbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 || oid === 1700
      ? (value: string) => Number(value)
      : types.getTypeParser(oid, format as 'text'),
}

/**
 * After a serialization failure, a deadlock, a lock that was not free in time or a unique key that another transaction took, the whole
 * transaction is retried.
 */
const canRetry = (fault: unknown) =>
  ['40001', '40P01', '55P03', '23505'].includes(String((fault as { code?: string }).code))

const tries = 8

export const openPostgres = (
  url: string,
  observer?: StoreObserver,
): Store & { exec(sql: string): Promise<void> } => {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new OperatorError(
      'store',
      'DATABASE_URL, or the content of databaseUrlFile, is no address of PostgreSQL: it has the form postgres://user:password@host:5432/database, with each special character of the password as %XX.',
    )
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    types: numbers as never,
  })
  // The pool replaces a connection that is lost. Without listeners its 'error' events would end the process: the pool's own while
  // it is idle, and that of the connection while a request uses it between two statements.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const connect = () =>
    pool.connect().catch(fault => {
      throw connectFault(fault, url)
    })
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } }),
    ...reportingTo(observer),
  })

  const transaction: Store['transaction'] = async (work, { lockWait } = {}) => {
    const withinWait = async (tx: Tx) => {
      if (lockWait !== undefined)
        await sql`select set_config('lock_timeout', ${String(lockWait)}, true)`.execute(tx)
      return runWithFinishers(tx, work)
    }
    observer?.transaction()
    for (let tried = 1; ; tried += 1) {
      try {
        return await db.transaction().setIsolationLevel('read committed').execute(withinWait)
      } catch (fault) {
        if (!canRetry(fault) || tried === tries) throw fault
        await new Promise(resolve => setTimeout(resolve, Math.random() * 20 * tried))
      }
    }
  }

  return {
    flavour: 'postgres',
    read: db,
    exec: async statement => void (await pool.query(statement)),
    transaction,
    snapshot: work =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    // Old row versions remain until a vacuum. Passwords in them are sealed under a rotating key that is destroyed.
    truncateLog: async () => {},
    outage: () => findOutage(transaction),
    close: () => db.destroy(),
  }
}
