import type { Keys } from '../crypto/keys.ts'
import type { Rekeying } from '../rekeying.ts'
import type { Schema } from '../store/schema.ts'
import type { Store, Tx } from '../store/store.ts'

export type AnyRekeying = { [table in keyof Schema]: Rekeying<table> }[keyof Schema]

/** `changed`: rows that were read under a former key, also those that another process changed meanwhile; `unreadable`: rows that open under none that is held. */
export type TableProgress = {
  readonly table: keyof Schema
  readonly rows: number
  readonly of: number
  readonly changed: number
  readonly unreadable: number
}

const batchSize = 200

/** One statement serves all tables: it is written as if they were the contacts. */
type Example = Rekeying<'contacts'>
type Row = Schema['contacts']

/** `null`: it opens under no key that is held; it is lost already, and stays as it is. */
function changesOf({ rekey }: Example, keys: Keys, row: Row) {
  try {
    return { changes: rekey(keys, row) }
  } catch {
    return null
  }
}

/** Changes the row where it still is as it was read: a process of the portal may change it meanwhile. */
async function update(tx: Tx, { table, row: id }: Example, row: Row, changes: Partial<Row>) {
  let statement = tx.updateTable(table).set(changes).where(id, '=', row[id])
  for (const column of Object.keys(changes) as (keyof Row)[])
    statement = statement.where(column, '=', row[column])
  return (await statement.executeTakeFirst()).numUpdatedRows === 1n
}

async function rekeyBatch(tx: Tx, rekeying: Example, keys: Keys, after: string) {
  const { table, row: id, withRow } = rekeying
  const rows = await tx
    .selectFrom(table)
    .selectAll()
    .where(id, '>', after)
    .orderBy(id)
    .limit(batchSize)
    .execute()
  let [changed, unreadable] = [0, 0]
  for (const row of rows) {
    const made = changesOf(rekeying, keys, row)
    if (!made) unreadable += 1
    if (!made?.changes) continue
    // A process changed it after this batch read it: it may be under a former key still, and another round reads it again.
    changed += 1
    if (await update(tx, rekeying, row, made.changes)) await withRow?.(tx, keys, row)
  }
  const last = rows.at(-1)
  return { rows: rows.length, changed, unreadable, last: last ? last[id] : null }
}

async function countRows(db: Store['read'], { table }: Example) {
  const { count } = await db
    .selectFrom(table)
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Brings every row of a table under the present root key, a batch in each transaction. It may be repeated at any point. */
export async function rekeyTable(
  { store, keys }: { readonly store: Store; readonly keys: Keys },
  rekeying: AnyRekeying,
  onProgress: (progress: TableProgress) => void,
): Promise<TableProgress> {
  const example = rekeying as unknown as Example
  let progress: TableProgress = {
    table: rekeying.table,
    rows: 0,
    of: await countRows(store.read, example),
    changed: 0,
    unreadable: 0,
  }
  for (let after = ''; ; ) {
    const batch = await store.transaction(tx => rekeyBatch(tx, example, keys, after))
    if (batch.last === null) return progress
    const rows = progress.rows + batch.rows
    progress = {
      ...progress,
      rows,
      of: Math.max(progress.of, rows),
      changed: progress.changed + batch.changed,
      unreadable: progress.unreadable + batch.unreadable,
    }
    onProgress(progress)
    after = batch.last
  }
}
