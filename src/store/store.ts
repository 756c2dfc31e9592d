import type { Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** Inside a transaction nothing but store calls may be awaited: on SQLite the writer's lock is held meanwhile. */
export type Tx = Transaction<Schema>

export type Store = {
  readonly flavour: 'sqlite' | 'postgres'
  /** Reads outside transactions: on SQLite a second connection, which no writer blocks. */
  readonly read: Kysely<Schema>
  /** One atomic write; retried with jitter when another process holds the lock. All writes go through here. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Reads that all see one instant, whatever is written meanwhile. */
  snapshot<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  /** What rows no longer say must not stay readable in a log either: SQLite's write-ahead log is emptied. */
  forget(): Promise<void>
  ping(): Promise<boolean>
  close(): Promise<void>
}
