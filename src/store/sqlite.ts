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

/** `timeout`: how long SQLite itself may stop the event loop for a lock, in milliseconds. */
const connect = (file: string, timeout: number) => {
  const database = new DatabaseSync(file, { timeout })
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

/** Milliseconds of writing without a pause, and the pause: longer than a waiting process rests between two looks. */
const turn = { longest: 20, pause: 3 }

/**
 * SQLite's lock has no queue: a process that writes without pause would keep every other one out. So each takes turns:
 * after a while it leaves the lock alone for a moment, whether or not somebody waits (nobody could tell).
 */
const turnTaker = () => {
  let began = 0
  let last = 0
  return {
    giveWay: async () => {
      const now = performance.now()
      if (now - last > turn.pause) began = now
      if (now - began < turn.longest) return
      await pauseOf(turn.pause)
      began = performance.now()
    },
    wrote: () => {
      last = performance.now()
    },
  }
}

/**
 * Two connections: writers take turns on one, readers use the other and are never blocked. Each write begins with
 * `immediate`: a deferred one that upgrades later fails for three quarters of two competing processes.
 */
export const openSqlite = (file: string): Store & { exec(sql: string): void } => {
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 })
  chmodSync(file, 0o600)
  const writing = connect(file, 0)
  const reading = connect(file, 200)
  reading.exec('pragma query_only=ON')
  const writer = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shaped(writing) }) })
  const read = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shaped(reading) }) })
  let queue: Promise<unknown> = Promise.resolve()

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

  const turns = turnTaker()

  const persist = async <T>(work: Parameters<Store['transaction']>[0]): Promise<T> => {
    const until = Date.now() + patience
    await turns.giveWay()
    for (;;) {
      try {
        return await attempt<T>(work)
      } catch (fault) {
        if (!isLocked(fault) || Date.now() > until) throw fault
        await pauseOf(Math.random() * 2)
      } finally {
        turns.wrote()
      }
    }
  }

  return {
    flavour: 'sqlite',
    read,
    exec: sql => writing.exec(sql),
    transaction: work => {
      const mine = queue.then(() => persist<Awaited<ReturnType<typeof work>>>(work))
      queue = mine.catch(() => {})
      return mine
    },
    snapshot: work => read.transaction().execute(work),
    forget: async () => {
      const before = queue
      queue = before.then(() => writing.exec('pragma wal_checkpoint(TRUNCATE)')).catch(() => {})
      await queue
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
      await queue
      await writer.destroy()
      await read.destroy()
    },
  }
}
