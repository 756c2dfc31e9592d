import type { Limits } from './limits/limits.ts'
import type { Schema } from './store/schema.ts'
import type { Tx } from './store/store.ts'

/** Deletes the rows of a table whose retention period is over. */
export type DeleteByAge = (tx: Tx, now: number, limits: Limits) => Promise<unknown>
/** Deletes what a table holds of a person whose entry has left the directory. */
type Erase = (tx: Tx, person: string) => Promise<unknown>

type RetentionRule =
  | DeleteByAge
  | { readonly kept: string; readonly forget?: DeleteByAge; readonly erase?: Erase }

/** The retention of the tables of one module: rows are deleted by age, or kept for the stated period. */
export type RetentionOf<Table extends keyof Schema> = { readonly [table in Table]: RetentionRule }

type PersonTable = {
  [table in keyof Schema]: Schema[table] extends { person: string } ? table : never
}[keyof Schema]

const eraseFrom =
  (table: PersonTable): Erase =>
  (tx, person) =>
    tx
      .deleteFrom(table as 'jokers')
      .where('person', '=', person)
      .execute()

/** Tables whose rows may be of nobody. */
export type NamedTable = {
  [table in keyof Schema]: Schema[table] extends { person: string | null } ? table : never
}[keyof Schema]

/** Deletes the rows of a table that name somebody as its subject, known or not. */
export const eraseSubject = (tx: Tx, table: 'journeys', subject: string) =>
  tx.deleteFrom(table).where('subject', '=', subject).execute()

/** Deletes every row of a person from one of them. */
export const eraseNamed = (tx: Tx, table: NamedTable, person: string) =>
  eraseFrom(table as 'jokers')(tx, person)

/** Kept until the entry has been gone from the directory for `limits.departedKept`; `forget`: what is deleted before. */
export const withAccount = (table: PersonTable, forget?: DeleteByAge): RetentionRule => ({
  kept: 'as long as the account',
  erase: eraseFrom(table),
  ...(forget && { forget }),
})

/** Tables whose rows state when they end. */
type ExpiringTable = {
  [table in keyof Schema]: Schema[table] extends { expires_at: number } ? table : never
}[keyof Schema]

export const forgetExpired =
  (table: ExpiringTable): DeleteByAge =>
  (tx, now) =>
    tx
      .deleteFrom(table as 'counters')
      .where('expires_at', '<', now)
      .execute()

/** Deletes enrolments that were never confirmed by a first use. */
export const forgetUnconfirmed =
  (table: 'authenticators' | 'passkeys'): DeleteByAge =>
  (tx, now, limits) =>
    tx
      .deleteFrom(table)
      .where('confirmed_at', 'is', null)
      .where('made_at', '<', now - limits.factorPending)
      .execute()
