import type { Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** Only store calls may be awaited in a transaction: on SQLite it holds the write lock. */
export type Tx = Transaction<Schema>

export type Store = {
  readonly flavour: 'sqlite' | 'postgres'
  /** For reads outside transactions: on SQLite a second connection, which no writer blocks. */
  readonly read: Kysely<Schema>
  /**
   * One atomic write, retried with jitter when another process holds the lock. All writes go through it. `lockWait`: milliseconds
   * that it waits for a row on PostgreSQL before it lets go of all its rows and is retried; otherwise until that row is free.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, waiting?: { readonly lockWait?: number }): Promise<T>
  /** Reads from one consistent snapshot, whatever is written meanwhile. */
  snapshot<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  /** Empties SQLite's write-ahead log, so that erased values are not readable there either. */
  truncateLog(): Promise<void>
  /** Why nothing can be written, in a sentence for the operator; `null` when something can. */
  outage(): Promise<string | null>
  close(): Promise<void>
}
