import { storeFaultSentence } from './fault.ts'
import type { Store, Tx } from './store.ts'

/** The table has this row only. */
const onlyRow = 1

/** The fingerprint of the root key of this store; `null` before its first start with a key. */
export const readRootKeyFingerprint = async (db: Store['read']) =>
  (await db.selectFrom('installation').select('root_key').executeTakeFirst())?.root_key ?? null

/**
 * The root key under which this store is written; since when, if it replaced another; and since when nothing is left under the
 * former one. `null`: before its first start with a key.
 */
export type RootKeyState = {
  readonly rootKey: string
  readonly switchedAt: number | null
  readonly rotatedAt: number | null
}

export const readRootKeyState = async (db: Store['read']): Promise<RootKeyState | null> =>
  (await db
    .selectFrom('installation')
    .select(['root_key as rootKey', 'switched_at as switchedAt', 'rotated_at as rotatedAt'])
    .executeTakeFirst()) ?? null

/** From this commit on the store is written under another root key; false when another process was first. */
export const switchRootKey = async (
  tx: Tx,
  { from, to, at }: { readonly from: string; readonly to: string; readonly at: number },
) => {
  const switched = await tx
    .updateTable('installation')
    .set({ root_key: to, switched_at: at, rotated_at: null })
    .where('root_key', '=', from)
    .where(eb => eb.or([eb('switched_at', 'is', null), eb('rotated_at', 'is not', null)]))
    .executeTakeFirst()
  return switched.numUpdatedRows === 1n
}

/** Nothing is left under the former root key. */
export const recordRotated = (tx: Tx, at: number) =>
  tx.updateTable('installation').set({ rotated_at: at }).execute()

/** Records the fingerprint of the root key unless one is recorded; returns the recorded one. */
export const recordRootKey = async (tx: Tx, fingerprint: string) => {
  await tx
    .insertInto('installation')
    .values({ id: onlyRow, root_key: fingerprint, checks: 0, switched_at: null, rotated_at: null })
    .onConflict(conflict => conflict.column('id').doNothing())
    .execute()
  return readRootKeyFingerprint(tx)
}

/** For a restore into an empty store: the key of the backup replaces the one of a start before it. */
export const replaceRootKey = async (tx: Tx, { rootKey, switchedAt, rotatedAt }: RootKeyState) => {
  await tx.deleteFrom('installation').execute()
  await recordRootKey(tx, rootKey)
  await tx.updateTable('installation').set({ switched_at: switchedAt, rotated_at: rotatedAt }).execute()
}

/** Finds out by a write whether the store takes writes: a full disk and a read-only server still answer reads. */
export const findOutage = async (transaction: Store['transaction']): Promise<string | null> => {
  try {
    await transaction(tx =>
      tx
        .updateTable('installation')
        .set(({ eb }) => ({ checks: eb('checks', '+', 1) }))
        .execute(),
    )
    return null
  } catch (fault) {
    return storeFaultSentence(fault) ?? String(fault)
  }
}

export const installationRetention = {
  installation: { kept: 'as long as the store' },
}
