import { rehashed } from '../../crypto/peppers.ts'
import type { Rekeying } from '../../rekeying.ts'

/** The codes of a sheet are under its keys: they change together. */
export const recoveryCodeRekeying: Rekeying<'recovery_sheets'> = {
  table: 'recovery_sheets',
  row: 'id',
  rekey: (keys, { pepper }) => {
    const made = rehashed(keys, 'recovery-code-pepper', { pepper, hash: '' })
    return made && { pepper: made.pepper }
  },
  withRow: async (tx, keys, { id, pepper }) => {
    const codes = await tx.selectFrom('recovery_codes').select('hash').where('sheet', '=', id).execute()
    for (const { hash } of codes)
      await tx
        .updateTable('recovery_codes')
        .set({ hash: rehashed(keys, 'recovery-code-pepper', { pepper, hash })?.hash ?? hash })
        .where('sheet', '=', id)
        .where('hash', '=', hash)
        .execute()
  },
}
