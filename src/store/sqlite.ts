import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setImmediate as immediate } from 'node:timers/promises'
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import { withItsEnd } from './before-commit.ts'
import type { Schema } from './schema.ts'
import type { Store, Tx } from './store.ts'

/** Our queries are some hundred; beyond, a caller builds SQL from data, and the cache must not keep it all. */
const mostPrepared = 500

/**
 * `node:sqlite` in the shape that Kysely's own dialect expects. A statement that returns columns is read, any other
 * is run: SQLite itself says which, so `returning` needs no guess.
 */
const shaped = (database: DatabaseSync): SqliteDatabase => {
  const prepared = new Map<string, SqliteStatement>()
  const prepare = (sql: string): SqliteStatement => {
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
  }
  return {
    close: () => database.close(),
    prepare: sql => {
      const ready = prepared.get(sql) ?? prepare(sql)
      if (prepared.size > mostPrepared) prepared.clear()
      prepared.set(sql, ready)
      return ready
    },
  }
}

/** Beside the database, empty for ever: only its lock serves. */
const gateOf = (file: string) => `${file}-gate`

/** `timeout`: how long SQLite itself may stop the event loop for a lock, in milliseconds. */
const connect = (file: string, timeout: number) => {
  const database = new DatabaseSync(file, { timeout })
  for (const pragma of [
    'journal_mode=WAL',
    // Not FULL: the log is put on the disk below, off the event loop.
    'synchronous=NORMAL',
    'foreign_keys=ON',
    'secure_delete=ON',
    'temp_store=MEMORY',
  ])
    database.exec(`pragma ${pragma}`)
  return database
}

const isLocked = (fault: unknown) =>
  /database is locked|database table is locked/.test(String((fault as Error)?.message))

/** How long a writer keeps trying while another process holds the lock, in milliseconds. */
const patience = 10_000

const pauseOf = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Takes the lock without stopping the event loop: who must wait looks again after a moment. */
const take = async (database: DatabaseSync) => {
  const until = Date.now() + patience
  for (;;) {
    try {
      return database.exec('begin immediate')
    } catch (fault) {
      if (!isLocked(fault) || Date.now() > until) throw fault
      await pauseOf(Math.random() * 2)
    }
  }
}

/** Milliseconds that a process may write, one transaction after another, before it passes the gate again. */
const longestTurn = 20

/**
 * SQLite's lock has no queue: a process that writes without pause would keep every other one out. So whoever waits for
 * it stands in a gate, the lock of a second, empty database; and whoever has had a turn passes that gate again, which is
 * free at once when nobody stands there. A process that dies leaves both, as the system drops its locks.
 */
const fairWriteLock = (gate: DatabaseSync, writing: DatabaseSync) => {
  let ends = 0
  const isMine = () => {
    if (performance.now() > ends) return false
    try {
      writing.exec('begin immediate')
      return true
    } catch (fault) {
      if (!isLocked(fault)) throw fault
      return false
    }
  }
  return async () => {
    if (isMine()) return
    await take(gate)
    try {
      await take(writing)
      ends = performance.now() + longestTurn
    } finally {
      gate.exec('rollback')
    }
  }
}

/**
 * Puts what was committed on the disk: SQLite's log, by a thread that is not the event loop's. SQLite itself would wait
 * for the disk inside the commit, and every other request with it.
 */
const logOf = (file: string) => {
  let log: FileHandle | undefined
  return {
    toDisk: async () => {
      log ??= await open(`${file}-wal`, 'r')
      await log.datasync()
    },
    close: async () => log?.close(),
  }
}

type Waiting = {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly settle: { resolve(result: unknown): void; reject(fault: unknown): void }
}

/** Works that one commit carries at most: the others' readers should not wait long for the lock. */
const largestBatch = 32

/**
 * Two connections: writers take turns on one, readers use the other and are never blocked. Each write begins with
 * `immediate`: a deferred one that upgrades later fails for three quarters of two competing processes.
 */
export const openSqlite = (file: string, log = logOf(file)): Store & { exec(sql: string): void } => {
  for (const one of [file, gateOf(file)]) {
    if (!existsSync(one)) writeFileSync(one, '', { mode: 0o600 })
    chmodSync(one, 0o600)
  }
  const writing = connect(file, 0)
  const reading = connect(file, 200)
  reading.exec('pragma query_only=ON')
  const writer = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shaped(writing) }) })
  const read = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shaped(reading) }) })
  const gate = new DatabaseSync(gateOf(file), { timeout: 0 })
  const begin = fairWriteLock(gate, writing)
  const waiting: Waiting[] = []
  let working: Promise<void> | null = null

  /** One work in its savepoint: when it throws, nothing of it stays, and the others are not touched. */
  const inSavepoint = async ({ work, settle }: Waiting, tx: Tx): Promise<() => void> => {
    writing.exec('savepoint one')
    try {
      const result = await withItsEnd(tx, work)
      writing.exec('release one')
      return () => settle.resolve(result)
    } catch (fault) {
      // A full disk ends the whole transaction by itself: then nothing of this batch may be told as done.
      if (!writing.isTransaction) throw fault
      writing.exec('rollback to one; release one')
      return () => settle.reject(fault)
    }
  }

  /** What waits is committed together. Gives what to tell each, once it is on the disk. */
  const commitTogether = (batch: readonly Waiting[]): Promise<(() => void)[]> =>
    writer.connection().execute(async connection => {
      await begin()
      try {
        const tellings: (() => void)[] = []
        for (const one of batch) tellings.push(await inSavepoint(one, connection as unknown as Tx))
        writing.exec('commit')
        return tellings
      } finally {
        if (writing.isTransaction) writing.exec('rollback')
      }
    })

  const workOff = async () => {
    while (waiting.length > 0) {
      // What other requests are about to ask for joins this commit: one turn of the event loop costs less than an fsync.
      await immediate()
      const batch = waiting.splice(0, largestBatch)
      try {
        const tellings = await commitTogether(batch)
        await log.toDisk()
        for (const tell of tellings) tell()
      } catch (fault) {
        for (const { settle } of batch) settle.reject(fault)
      }
    }
    working = null
  }

  const enqueue = (work: Waiting['work']) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.push({ work, settle: { resolve, reject } })
      working ??= workOff()
    })

  return {
    flavour: 'sqlite',
    read,
    exec: sql => writing.exec(sql),
    transaction: work => enqueue(work) as ReturnType<typeof work>,
    snapshot: work => read.transaction().execute(work),
    forget: async () => {
      await working
      writing.exec('pragma wal_checkpoint(TRUNCATE)')
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
      while (working) await working
      // Kysely's own end may come twice, as when a stop follows a stop: so may ours.
      if (gate.isOpen) gate.close()
      await log.close()
      await writer.destroy()
      await read.destroy()
    },
  }
}
