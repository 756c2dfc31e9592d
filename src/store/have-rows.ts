import type { Expression } from 'kysely'
import type { Store } from './store.ts'

/** Which of these queries have a row, in one statement. */
export async function haveRows<Name extends string>(
  db: Store['read'],
  queries: Readonly<Record<Name, Expression<unknown>>>,
): Promise<Readonly<Record<Name, boolean>>> {
  const names = Object.keys(queries) as Name[]
  const row: Readonly<Record<string, unknown>> = await db
    .selectNoFrom(eb => names.map(name => eb.exists(queries[name]).as(name)))
    .executeTakeFirstOrThrow()
  // SQLite answers 0 or 1, PostgreSQL false or true.
  return Object.fromEntries(names.map(name => [name, Boolean(row[name])])) as Record<Name, boolean>
}
