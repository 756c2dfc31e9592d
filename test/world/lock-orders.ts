import { sql } from 'kysely'
import type { Store } from '../../src/store/store.ts'
import { readServerLog } from './server-log.ts'

/**
 * What a statement of a transaction locks. `rows`: what names the rows, so that a row locked twice counts once. `one`: the value of a
 * unique key that names one row; `null` where the rows may be many, in any order.
 */
type Lock = {
  readonly table: string
  readonly rows: string
  readonly one: string | null
  readonly statement: string
}

/** The columns of each unique key of each table. */
type UniqueKeys = ReadonlyMap<string, readonly (readonly string[])[]>

const readUniqueKeys = async (store: Store): Promise<UniqueKeys> => {
  const { rows } = await sql<{ table: string; columns: readonly string[] }>`
    select keyed.relname as "table", array_agg(named.attname::text) as "columns"
    from pg_index
      join pg_class keyed on keyed.oid = pg_index.indrelid and keyed.relnamespace = current_schema()::regnamespace
      join pg_attribute named on named.attrelid = keyed.oid and named.attnum = any(pg_index.indkey)
    where pg_index.indisunique
    group by keyed.relname, pg_index.indexrelid`.execute(store.read)
  const byTable = Map.groupBy(rows, ({ table }) => table)
  return new Map([...byTable].map(([table, found]) => [table, found.map(({ columns }) => columns)]))
}

/** PostgreSQL's setting that logs the statements that lock rows, for the processes whose locks are examined. */
export const loggingOptions = '-c log_statement=mod'

const parametersIn = (detail: string) =>
  new Map([...detail.matchAll(/\$(\d+) = '([^']*)'/g)].map(([, nth, value]) => [nth, value]))

/** Each name of a counter is a table of its own as far as locks are concerned. */
const countersIn = (statement: string, parameters: ReadonlyMap<string | undefined, string | undefined>) =>
  [...statement.matchAll(/\(\$(\d+), \$\d+, \$\d+, \$\d+, \$\d+\)/g)].map(([, nth]) => {
    const table = `counters of ${parameters.get(nth)}`
    // The rate limiter locks several in one fixed order.
    return { table, rows: table, one: table, statement }
  })

/** The value of a unique key whose columns a statement compares with one parameter each, or with a subquery of one row. */
const rowOf = (
  keys: readonly (readonly string[])[] | undefined,
  statement: string,
  parameters: ReadonlyMap<string | undefined, string | undefined>,
) => {
  const comparison = /(?:where|and) "(\w+)" (?:= \$(\d+)|in \(\$(\d+)\)|= (\(select .* limit \$\d+\)))/g
  const compared = [...statement.matchAll(comparison)]
  const values = new Map(
    compared.map(([, column, equal, within, query]) => [column, query ?? parameters.get(equal ?? within)]),
  )
  const unique = keys?.find(columns => columns.every(column => values.has(column)))
  return unique ? unique.map(column => values.get(column)).join(' ') : null
}

/** Nobody waits for a row that is inserted, unless it may be there already. */
const locksOf = (uniqueKeys: UniqueKeys, statement: string, detail: string): readonly Lock[] => {
  const table = /^(?:insert into|update|delete from) "(\w+)"/.exec(statement)?.[1]
  const isInsert = statement.startsWith('insert')
  if (!table || (isInsert && !statement.includes('on conflict'))) return []
  const parameters = parametersIn(detail)
  if (table === 'counters') return countersIn(statement, parameters)
  const key = /(?:where|and) "(?:id|person|subject|name|request|sheet)" = \$(\d+)/.exec(statement)?.[1]
  const rows = parameters.get(isInsert ? '1' : key) ?? statement
  return [
    { table, rows, one: isInsert ? rows : rowOf(uniqueKeys.get(table), statement, parameters), statement },
  ]
}

/** The locks of each transaction, in their order. */
const readTransactions = async (store: Store) => {
  const uniqueKeys = await readUniqueKeys(store)
  const transactions = new Map<string, Lock[]>()
  /** The statement of each process, whose parameters are its next entry. */
  const begun = new Map<string, string>()
  for (const { process, transaction, text } of await readServerLog(store)) {
    const statement = /^LOG: {2}execute [^:]*: ([\s\S]*)/.exec(text)?.[1]?.replace(/\s+/g, ' ')
    if (statement) begun.set(process, statement)
    if (!text.startsWith('DETAIL')) continue
    const locks = transactions.get(transaction) ?? []
    for (const lock of locksOf(uniqueKeys, begun.get(process) ?? '', text))
      if (!locks.some(({ table, rows }) => table === lock.table && rows === lock.rows)) locks.push(lock)
    transactions.set(transaction, locks)
    begun.delete(process)
  }
  return [...transactions.values()]
}

const isGuarded = (locks: readonly Lock[], nth: number) => {
  const person = locks.findIndex(({ table }) => table === 'people')
  return person !== -1 && person < nth
}

/** Two tables, the first of which is locked before the second. `guarded`: once the row of the person is locked. */
type Order = { readonly pair: string; readonly guarded: boolean; readonly statements: string }

const ordersIn = (locks: readonly Lock[]): Order[] =>
  locks.flatMap((first, nth) =>
    locks
      .slice(nth + 1)
      .filter(({ table }) => table !== first.table)
      .map(second => ({
        pair: `${first.table}, ${second.table}`,
        guarded: isGuarded(locks, nth),
        statements: `${first.statement}\n${second.statement}`,
      })),
  )

/** Pairs of tables that some transactions lock in one order and others in the other. */
const findTableOrders = (transactions: readonly (readonly Lock[])[]) => {
  const unguarded = new Map<string, string>()
  const all = new Map<string, string>()
  for (const locks of transactions)
    for (const { pair, guarded, statements } of ordersIn(locks)) {
      all.set(pair, statements)
      if (!guarded) unguarded.set(pair, statements)
    }
  const faults = [...unguarded].flatMap(([pair, statements]) => {
    const opposite = pair.split(', ').reverse().join(', ')
    const others = unguarded.get(opposite) ?? all.get(opposite)
    return others ? [`${statements}\n  and in the other order\n${others}`] : []
  })
  return { faults, pairs: all.size }
}

/** How a transaction locks several rows of one table: the same statement alone finds them in one order each time. */
type SeveralRows = { readonly table: string; readonly guarded: boolean; readonly statements: string }

const severalIn = (locks: readonly Lock[]): SeveralRows[] =>
  [...Map.groupBy(locks, ({ table }) => table)].flatMap(([table, own]) => {
    const isOne = new Set(own.map(({ one }) => one)).size === 1 && own[0]?.one !== null
    if (table === 'people' || isOne) return []
    const nth = locks.findIndex(lock => lock.table === table)
    const statements = [...new Set(own.map(({ statement }) => statement))].join('\n')
    return [{ table, guarded: isGuarded(locks, nth), statements }]
  })

/** Marks failed deliveries as reported: once failed, a delivery is changed by no other statement but those of retention. */
const isReport = (statements: string) =>
  statements.startsWith('update "deliveries" set "desk_notified" = $1 where "state" =')

/** Retention gives up after a moment instead of waiting (`forgetByAge`). */
const isByAge = (statements: string) =>
  statements.split('\n').every(statement => /^delete from "\w+" where .* < \$\d/.test(statement))

/** Tables of which two transactions lock several rows, by statements that differ. */
const findRowOrders = (transactions: readonly (readonly Lock[])[]) => {
  const waiting = transactions
    .flatMap(severalIn)
    .filter(({ statements }) => !(isByAge(statements) || isReport(statements)))
  const byTable = Map.groupBy(waiting, ({ table }) => table)
  const faults = [...byTable].flatMap(([table, found]) =>
    found
      .filter(({ guarded }) => !guarded)
      .flatMap(one => {
        const other = found.find(({ statements }) => statements !== one.statements)
        return other ? [`several rows of ${table}:\n${one.statements}\n  and\n${other.statements}`] : []
      }),
  )
  return { faults, tables: byTable.size }
}

/**
 * Rows that transactions lock in different orders, so that two of them can wait for one another: of two tables, or of one table.
 * `pairs`, `tables`: how many pairs of tables, and how many tables with several rows, were compared.
 * Transactions that lock the row of their person first wait there. Of the processes that log their statements (`loggingOptions`), on
 * PostgreSQL.
 */
export const findLockOrders = async (
  store: Store,
): Promise<{ faults: readonly string[]; pairs: number; tables: number }> => {
  if (store.flavour !== 'postgres') return { faults: [], pairs: 0, tables: 0 }
  const transactions = await readTransactions(store)
  const ofTables = findTableOrders(transactions)
  const ofRows = findRowOrders(transactions)
  const faults = [...new Set([...ofTables.faults, ...ofRows.faults])]
  return { faults, pairs: ofTables.pairs, tables: ofRows.tables }
}
