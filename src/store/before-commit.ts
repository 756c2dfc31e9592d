import type { Tx } from './store.ts'

/** Writes all items that `beforeCommit` recorded for it in one transaction. */
export type Finisher<T> = (tx: Tx, items: readonly T[]) => Promise<unknown>

type PendingItems = Map<Finisher<never>, unknown[]>
const pendingByTransaction = new WeakMap<Tx, PendingItems>()

/**
 * Records an item that `finisher` writes, with all others recorded for it, at the end of the transaction. Rows that many
 * unrelated transactions lock are thus locked last and always in the same order, which prevents deadlocks, and are held briefly.
 */
export const beforeCommit = <T>(tx: Tx, finisher: Finisher<T>, item: T) => {
  const pending = pendingByTransaction.get(tx)
  if (!pending) throw new Error('this transaction was not opened by the store')
  const items = pending.get(finisher as Finisher<never>) ?? []
  pending.set(finisher as Finisher<never>, [...items, item])
}

/** Runs the work of one transaction, then the finishers of the items that it recorded: both are committed, or neither. */
export const runWithFinishers = async <T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> => {
  const pending: PendingItems = new Map()
  // SQLite runs several transactions on one connection, one after the other: each starts with no items.
  pendingByTransaction.set(tx, pending)
  try {
    const result = await work(tx)
    for (const [finisher, items] of pending) await (finisher as Finisher<unknown>)(tx, items)
    return result
  } finally {
    pendingByTransaction.delete(tx)
  }
}
