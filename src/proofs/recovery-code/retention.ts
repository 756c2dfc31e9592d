import type { Limits } from '../../limits/limits.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Tx } from '../../store/store.ts'

const unconfirmedSheets = (tx: Tx, now: number, limits: Limits) =>
  tx
    .selectFrom('recovery_sheets')
    .select('id')
    .where('confirmed_at', 'is', null)
    .where('made_at', '<', now - limits.factorPending)

/** The codes are deleted before their sheets, which say whose they are. */
export const recoveryCodeRetention: RetentionOf<'recovery_codes' | 'recovery_sheets'> = {
  recovery_codes: {
    kept: 'as long as their sheet',
    forget: (tx, now, limits) =>
      tx
        .deleteFrom('recovery_codes')
        .where('sheet', 'in', unconfirmedSheets(tx, now, limits))
        .execute(),
    erase: (tx, person) =>
      tx
        .deleteFrom('recovery_codes')
        .where('sheet', 'in', eb =>
          eb.selectFrom('recovery_sheets').select('id').where('person', '=', person),
        )
        .execute(),
  },
  recovery_sheets: withAccount('recovery_sheets', (tx, now, limits) =>
    tx
      .deleteFrom('recovery_sheets')
      .where('id', 'in', unconfirmedSheets(tx, now, limits))
      .execute(),
  ),
}
