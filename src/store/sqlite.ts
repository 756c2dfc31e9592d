import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Schema } from './schema.ts'
import type { Store } from './store.ts'

/**
 * `node:sqlite` in the shape that Kysely's own dialect expects. A statement that returns columns is read, any other
 * is run: SQLite itself says which, so `returning` needs no guess.
 */
const shaped = (database: DatabaseSync): SqliteDatabase => ({
  close: () => database.close(),
  prepare: sql => {
    const statement = database.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: parameters => statement.all(...(parameters as SQLInputValue[])),
      run: parameters => {
        const { changes, lastInsertRowid } = statement.run(...(parameters as SQLInputValue[]))
        return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
      },
      iterate: parameters =>
        statement.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
    }
  },
})

const connect = (file: string) => {
  const database = new DatabaseSync(file, { timeout: 200 })
  for (const pragma of [
    'journal_mode=WAL',
    'synchronous=FULL',
    'foreign_keys=ON',
    'secure_delete=ON',
    'temp_store=MEMORY',
  ])
    database.exec(`pragma ${pragma}`)
  return database
}

const isLocked = (fault: unknown) =>
  /database is locked|database table is locked/.test(String((fault as Error)?.message))

/** How long a writer keeps trying while another process holds the lock. */
const patience = 10_000

const pauseOf = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/**
 * Two connections: writers take turns on one, readers use the other and are never blocked. Each write begins with
 * `immediate`: a deferred one that upgrades later fails for three quarters of two competing processes.
 */
export const openSqlite = (file: string): Store & { exec(sql: string): void } => {
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 })
  chmodSync(file, 0o600)
  const writing = connect(file)
  const reading = connect(file)
  reading.exec('pragma query_only=ON')
  const writer = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shaped(writing) }) })
  const read = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shaped(reading) }) })
  let turn: Promise<unknown> = Promise.resolve()

  /** Kysely's own `begin` is deferred, so the lock is taken here, and Kysely runs inside it on the one connection. */
  const attempt = async <T>(work: Parameters<Store['transaction']>[0]): Promise<T> =>
    writer.connection().execute(async connection => {
      writing.exec('begin immediate')
      try {
        const result = await work(connection as unknown as Parameters<typeof work>[0])
        writing.exec('commit')
        return result as T
      } catch (fault) {
        if (writing.isTransaction) writing.exec('rollback')
        throw fault
      }
    })

  const persist = async <T>(work: Parameters<Store['transaction']>[0]): Promise<T> => {
    const until = Date.now() + patience
    for (;;) {
      try {
        return await attempt<T>(work)
      } catch (fault) {
        if (!isLocked(fault) || Date.now() > until) throw fault
        await pauseOf(5 + Math.random() * 45)
      }
    }
  }

  return {
    flavour: 'sqlite',
    read,
    exec: sql => writing.exec(sql),
    transaction: work => {
      const mine = turn.then(() => persist<Awaited<ReturnType<typeof work>>>(work))
      turn = mine.catch(() => {})
      return mine
    },
    forget: async () => {
      const before = turn
      turn = before.then(() => writing.exec('pragma wal_checkpoint(TRUNCATE)')).catch(() => {})
      await turn
    },
    ping: async () => {
      try {
        reading.prepare('select 1').get()
        return true
      } catch {
        return false
      }
    },
    close: async () => {
      await turn
      await writer.destroy()
      await read.destroy()
    },
  }
}
