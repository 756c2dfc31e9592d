import type { Store } from '../../src/store/store.ts'
import { readServerLog } from './server-log.ts'

/** What a statement of a transaction locks. `rows`: what names the rows, so that a row locked twice counts once. */
type Lock = { readonly table: string; readonly rows: string; readonly statement: string }

/** PostgreSQL's setting that logs the statements that lock rows, for the processes whose locks are examined. */
export const loggingOptions = '-c log_statement=mod'

const parametersIn = (detail: string) =>
  new Map([...detail.matchAll(/\$(\d+) = '([^']*)'/g)].map(([, nth, value]) => [nth, value]))

/** Each name of a counter is a table of its own as far as locks are concerned. */
const countersIn = (statement: string, parameters: ReadonlyMap<string | undefined, string | undefined>) =>
  [...statement.matchAll(/\(\$(\d+), \$\d+, \$\d+, \$\d+, \$\d+\)/g)].map(([, nth]) => {
    const table = `counters of ${parameters.get(nth)}`
    return { table, rows: table, statement }
  })

/** Nobody waits for a row that is inserted, unless it may be there already. */
const locksOf = (statement: string, detail: string): readonly Lock[] => {
  const table = /^(?:insert into|update|delete from) "(\w+)"/.exec(statement)?.[1]
  const isInsert = statement.startsWith('insert')
  if (!table || (isInsert && !statement.includes('on conflict'))) return []
  const parameters = parametersIn(detail)
  if (table === 'counters') return countersIn(statement, parameters)
  const key = /(?:where|and) "(?:id|person|subject|name|request|sheet)" = \$(\d+)/.exec(statement)?.[1]
  return [{ table, rows: parameters.get(isInsert ? '1' : key) ?? statement, statement }]
}

/** The locks of each transaction, in their order. */
const readTransactions = async (store: Store) => {
  const transactions = new Map<string, Lock[]>()
  /** The statement of each process, whose parameters are its next entry. */
  const begun = new Map<string, string>()
  for (const { process, transaction, text } of await readServerLog(store)) {
    const statement = /^LOG: {2}execute [^:]*: ([\s\S]*)/.exec(text)?.[1]?.replace(/\s+/g, ' ')
    if (statement) begun.set(process, statement)
    if (!text.startsWith('DETAIL')) continue
    const locks = transactions.get(transaction) ?? []
    for (const lock of locksOf(begun.get(process) ?? '', text))
      if (!locks.some(({ table, rows }) => table === lock.table && rows === lock.rows)) locks.push(lock)
    transactions.set(transaction, locks)
    begun.delete(process)
  }
  return [...transactions.values()]
}

/** Two tables, the first of which is locked before the second. `guarded`: once the row of the person is locked. */
type Order = { readonly pair: string; readonly guarded: boolean; readonly statements: string }

const ordersIn = (locks: readonly Lock[]): Order[] => {
  const person = locks.findIndex(({ table }) => table === 'people')
  return locks.flatMap((first, nth) =>
    locks
      .slice(nth + 1)
      .filter(({ table }) => table !== first.table)
      .map(second => ({
        pair: `${first.table}, ${second.table}`,
        guarded: person !== -1 && person < nth,
        statements: `${first.statement}\n${second.statement}`,
      })),
  )
}

/**
 * Pairs of tables whose rows transactions lock in both orders, so that two of them can wait for one another. Transactions that
 * lock the row of their person first wait there. Of the processes that log their statements (`loggingOptions`), on PostgreSQL.
 */
export const findLockOrders = async (store: Store): Promise<{ faults: readonly string[]; pairs: number }> => {
  if (store.flavour !== 'postgres') return { faults: [], pairs: 0 }
  const unguarded = new Map<string, string>()
  const all = new Map<string, string>()
  for (const locks of await readTransactions(store))
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
