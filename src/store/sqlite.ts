import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setImmediate as immediate } from 'node:timers/promises'
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import { runWithFinishers } from './before-commit.ts'
import { findOutage } from './installation.ts'
import { reportingTo, type StoreObserver } from './observer.ts'
import type { Schema } from './schema.ts'
import type { Store, Tx } from './store.ts'

/** There are a few hundred queries. More would mean SQL built from data, which must not fill the cache without bound. */
const maxPreparedStatements = 500

/**
 * Adapts `node:sqlite` to Kysely's SQLite dialect. Statements with result columns, also those with `returning`, are read and
 * others are run; SQLite itself reports which they are.
 */
const kyselyDatabase = (database: DatabaseSync): SqliteDatabase => {
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
      const statement = prepared.get(sql) ?? prepare(sql)
      if (prepared.size > maxPreparedStatements) prepared.clear()
      prepared.set(sql, statement)
      return statement
    },
  }
}

/** A second database next to the first. It stays empty: only its lock is used. */
const queueLockPath = (file: string) => `${file}-gate`

/** `timeout`: milliseconds that SQLite may block the event loop while it waits for a lock. */
const connect = (file: string, timeout: number) => {
  const database = new DatabaseSync(file, { timeout })
  for (const pragma of [
    'journal_mode=WAL',
    // Not FULL: `openWal` below syncs the log to disk, off the event loop.
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

/** Milliseconds for which a writer retries while another process holds the lock. */
const lockTimeout = 10_000

const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Acquires the lock without blocking the event loop: it retries after a random delay of at most two milliseconds. */
const acquire = async (database: DatabaseSync) => {
  const deadline = Date.now() + lockTimeout
  for (;;) {
    try {
      return database.exec('begin immediate')
    } catch (fault) {
      if (!isLocked(fault) || Date.now() > deadline) throw fault
      await sleep(Math.random() * 2)
    }
  }
}

/** Milliseconds that a process may write, one transaction after another, before it queues again. */
const maxTurn = 20

/**
 * SQLite's lock is not fair: a process that writes without pause would lock out all others. A process therefore acquires the
 * queue lock, that of a second, empty database, before the write lock, and again whenever its turn is over; that is immediate
 * when no other process waits. When a process dies, the operating system releases both locks.
 */
const fairWriteLock = (queueLock: DatabaseSync, writing: DatabaseSync) => {
  let turnEnds = 0
  const acquireInTurn = () => {
    if (performance.now() > turnEnds) return false
    try {
      writing.exec('begin immediate')
      return true
    } catch (fault) {
      if (!isLocked(fault)) throw fault
      return false
    }
  }
  return async () => {
    if (acquireInTurn()) return
    await acquire(queueLock)
    try {
      await acquire(writing)
      turnEnds = performance.now() + maxTurn
    } finally {
      queueLock.exec('rollback')
    }
  }
}

/**
 * Syncs SQLite's write-ahead log to disk after a commit, on a thread of Node's pool. SQLite itself would block the event loop,
 * and so every other request, until the disk has finished.
 */
const openWal = (file: string) => {
  let log: FileHandle | undefined
  return {
    sync: async () => {
      log ??= await open(`${file}-wal`, 'r')
      await log.datasync()
    },
    close: async () => log?.close(),
  }
}

type PendingWrite = {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly settle: { resolve(result: unknown): void; reject(fault: unknown): void }
}

/** Writes in one commit at most, so that other processes do not wait long for the lock. */
const maxBatch = 32

/** The connection that writes, and the writes that wait for it. */
type WriteQueue = {
  readonly writing: DatabaseSync
  readonly writer: Kysely<Schema>
  readonly begin: ReturnType<typeof fairWriteLock>
  readonly log: ReturnType<typeof openWal>
  readonly pending: PendingWrite[]
  working: Promise<void> | null
}

/** Runs one write in a savepoint: when it throws, only this write is rolled back. Returns how to settle its promise. */
async function runInSavepoint(
  { writing }: WriteQueue,
  { work, settle }: PendingWrite,
  tx: Tx,
): Promise<() => void> {
  writing.exec('savepoint one')
  try {
    const result = await runWithFinishers(tx, work)
    writing.exec('release one')
    return () => settle.resolve(result)
  } catch (fault) {
    // On a full disk SQLite itself ends the whole transaction: then no write of this batch may be reported as done.
    if (!writing.isTransaction) throw fault
    writing.exec('rollback to one; release one')
    return () => settle.reject(fault)
  }
}

/** Commits a batch in one transaction. Returns the functions that settle each promise, to call once the log is on disk. */
function commitTogether(queue: WriteQueue, batch: readonly PendingWrite[]): Promise<(() => void)[]> {
  const { writing, writer, begin } = queue
  return writer.connection().execute(async connection => {
    await begin()
    try {
      const callbacks: (() => void)[] = []
      for (const write of batch)
        callbacks.push(await runInSavepoint(queue, write, connection as unknown as Tx))
      writing.exec('commit')
      return callbacks
    } finally {
      if (writing.isTransaction) writing.exec('rollback')
    }
  })
}

async function commitPending(queue: WriteQueue) {
  const { pending, log } = queue
  while (pending.length > 0) {
    // Writes that other requests are about to enqueue join this commit: one turn of the event loop costs less than an fsync.
    await immediate()
    const batch = pending.splice(0, maxBatch)
    try {
      const callbacks = await commitTogether(queue, batch)
      await log.sync()
      for (const settle of callbacks) settle()
    } catch (fault) {
      for (const { settle } of batch) settle.reject(fault)
    }
  }
  queue.working = null
}

const enqueue = (queue: WriteQueue, work: PendingWrite['work']) =>
  new Promise<unknown>((resolve, reject) => {
    queue.pending.push({ work, settle: { resolve, reject } })
    queue.working ??= commitPending(queue)
  })

/**
 * Two connections: writers take turns on one, readers use the other and are never blocked. Each write begins with
 * `immediate`: with deferred transactions, which take the lock later, three quarters of the writes of two competing
 * processes failed.
 */
export const openSqlite = (
  file: string,
  {
    log = openWal(file),
    observer,
  }: {
    readonly log?: ReturnType<typeof openWal>
    readonly observer?: StoreObserver | undefined
  } = {},
): Store & { exec(sql: string): void } => {
  for (const path of [file, queueLockPath(file)]) {
    if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600 })
    chmodSync(path, 0o600)
  }
  const writing = connect(file, 0)
  const reading = connect(file, 200)
  reading.exec('pragma query_only=ON')
  const connectionOf = (database: DatabaseSync) =>
    new Kysely<Schema>({
      dialect: new SqliteDialect({ database: kyselyDatabase(database) }),
      ...reportingTo(observer),
    })
  const [writer, read] = [connectionOf(writing), connectionOf(reading)]
  const queueLock = new DatabaseSync(queueLockPath(file), { timeout: 0 })
  const begin = fairWriteLock(queueLock, writing)
  const queue: WriteQueue = { writing, writer, begin, log, pending: [], working: null }

  const transaction: Store['transaction'] = work => {
    observer?.transaction()
    return enqueue(queue, work) as ReturnType<typeof work>
  }

  return {
    flavour: 'sqlite',
    read,
    exec: sql => writing.exec(sql),
    transaction,
    snapshot: work => read.transaction().execute(work),
    truncateLog: async () => {
      await queue.working
      writing.exec('pragma wal_checkpoint(TRUNCATE)')
    },
    outage: () => findOutage(transaction),
    close: async () => {
      while (queue.working) await queue.working
      // Like Kysely's `destroy`, `close` may be called twice, for example when the process is stopped twice.
      if (queueLock.isOpen) queueLock.close()
      await log.close()
      await writer.destroy()
      await read.destroy()
    },
  }
}
