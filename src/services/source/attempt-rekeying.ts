import { rekeyedHistoryHash } from '../../password/history.ts'
import type { Rekeying } from '../../rekeying.ts'

/** The hash that waits in an open attempt. */
export const attemptRekeying: Rekeying<'attempts'> = {
  table: 'attempts',
  row: 'id',
  rekey: (keys, row) => {
    const made = row.history_hash === null ? null : rekeyedHistoryHash(keys, row.history_hash)
    return made === null ? null : { history_hash: made }
  },
}
