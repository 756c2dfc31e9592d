import type { Tx } from './store.ts'

/** Writes what was collected for it in one transaction. */
export type Finisher<T> = (tx: Tx, items: readonly T[]) => Promise<unknown>

type Collected = Map<Finisher<never>, unknown[]>
const collected = new WeakMap<Tx, Collected>()

/**
 * Keeps an item for the end of the transaction, where `finisher` writes all of them at once: rows that many unrelated
 * transactions lock are locked last and in one order, so that no two of them wait for each other, and held briefly.
 */
export const beforeCommit = <T>(tx: Tx, finisher: Finisher<T>, item: T) => {
  const here = collected.get(tx)
  if (!here) throw new Error('this transaction was not opened by the store')
  const items = here.get(finisher as Finisher<never>) ?? []
  here.set(finisher as Finisher<never>, [...items, item])
}

/** The work of one transaction, then what it left for the end: both are committed, or neither. */
export const withItsEnd = async <T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> => {
  const here: Collected = new Map()
  // SQLite commits several works on one connection, one after the other: each begins with nothing collected.
  collected.set(tx, here)
  try {
    const result = await work(tx)
    for (const [finisher, items] of here) await (finisher as Finisher<unknown>)(tx, items)
    return result
  } finally {
    collected.delete(tx)
  }
}
