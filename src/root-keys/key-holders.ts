import { hostname } from 'node:os'
import { type Clock, hours, seconds } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store } from '../store/store.ts'

const reportedAgainAfter = seconds(20)
/** A process that was not seen for so long has ended; it reports about every twenty seconds. */
const endedAfter = seconds(90)

export type KeyHolder = { readonly place: string; readonly rootKeys: readonly string[] }

/**
 * Says which root keys this process of the portal has, so that none of them is left behind when the key is replaced.
 */
export function createKeyHolder({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
  const id = newId()
  const place = `${hostname()}, process ${process.pid}`
  let reported = { rootKeys: '', at: 0 }
  return {
    report: async (fingerprints: readonly string[]) => {
      const [root_keys, now] = [fingerprints.join(' '), clock.now()]
      if (reported.rootKeys === root_keys && Math.abs(now - reported.at) < reportedAgainAfter) return
      const row = { place, root_keys, seen_at: now }
      await store.transaction(tx =>
        tx
          .insertInto('key_holders')
          .values({ id, ...row })
          .onConflict(conflict => conflict.column('id').doUpdateSet(row))
          .execute(),
      )
      reported = { rootKeys: root_keys, at: now }
    },
    end: () => store.transaction(tx => tx.deleteFrom('key_holders').where('id', '=', id).execute()),
  }
}

/** The processes of the portal that run, on all hosts. */
export async function readKeyHolders(db: Store['read'], now: number): Promise<readonly KeyHolder[]> {
  const rows = await db
    .selectFrom('key_holders')
    .select(['place', 'root_keys'])
    .where('seen_at', '>', now - endedAfter)
    .orderBy('place')
    .execute()
  return rows.map(({ place, root_keys }) => ({ place, rootKeys: root_keys.split(' ') }))
}

export const keyHolderRetention: RetentionOf<'key_holders'> = {
  key_holders: (tx, now) =>
    tx
      .deleteFrom('key_holders')
      .where('seen_at', '<', now - hours(1))
      .execute(),
}
