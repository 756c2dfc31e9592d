import { storeFaultSentence } from './fault.ts'
import type { Store, Tx } from './store.ts'

/** The table has this row only. */
const onlyRow = 1

/** The fingerprint of the root key of this store; `null` before its first start with a key. */
export const readRootKeyFingerprint = async (db: Store['read']) =>
  (await db.selectFrom('installation').select('root_key').executeTakeFirst())?.root_key ?? null

/** Records the fingerprint of the root key unless one is recorded; returns the recorded one. */
export const recordRootKey = async (tx: Tx, fingerprint: string) => {
  await tx
    .insertInto('installation')
    .values({ id: onlyRow, root_key: fingerprint, checks: 0 })
    .onConflict(conflict => conflict.column('id').doNothing())
    .execute()
  return readRootKeyFingerprint(tx)
}

/** For a restore into an empty store: the key of the backup replaces the one of a start before it. */
export const replaceRootKey = async (tx: Tx, fingerprint: string) => {
  await tx.deleteFrom('installation').execute()
  await recordRootKey(tx, fingerprint)
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
