import type { Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** Only store calls may be awaited in a transaction: on SQLite it holds the write lock. */
export type Tx = Transaction<Schema>

export type Store = {
  readonly flavour: 'sqlite' | 'postgres'
  /** For reads outside transactions: on SQLite a second connection, which no writer blocks. */
  readonly read: Kysely<Schema>
  /** One atomic write, retried with jitter when another process holds the lock. All writes go through it. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Reads from one consistent snapshot, whatever is written meanwhile. */
  snapshot<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  /** Empties SQLite's write-ahead log, so that erased values are not readable there either. */
  truncateLog(): Promise<void>
  /** Why nothing can be written, in a sentence for the operator; `null` when something can. */
  outage(): Promise<string | null>
  close(): Promise<void>
}
