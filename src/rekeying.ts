import type { Keys } from './crypto/keys.ts'
import type { Schema } from './store/schema.ts'
import type { Tx } from './store/store.ts'

type TextColumn<Row> = { [column in keyof Row]: Row[column] extends string ? column : never }[keyof Row]

/** How the rows of one table are brought under the present root key, as the owner of the table declares it. */
export type Rekeying<Table extends keyof Schema> = {
  readonly table: Table
  /** The column that identifies a row. */
  readonly row: TextColumn<Schema[Table]> & string
  /** The columns that change; `null`: nothing in the row is under a former key. Throws when a value opens under no key. */
  readonly rekey: (keys: Keys, row: Schema[Table]) => Partial<Schema[Table]> | null
  /** What else belongs to the row, in the same transaction. */
  readonly withRow?: (tx: Tx, keys: Keys, row: Schema[Table]) => Promise<unknown>
}
