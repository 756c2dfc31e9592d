import type { Store } from '../../store/store.ts'

/** Who of these people has a sheet that was in service by then, with a code that is not used yet. */
export const sheetHolders = (db: Store['read'], people: readonly string[], by: number) =>
  db
    .selectFrom('recovery_sheets')
    .innerJoin('recovery_codes', 'recovery_codes.sheet', 'recovery_sheets.id')
    .select('recovery_sheets.person')
    .distinct()
    .where('recovery_sheets.person', 'in', people)
    .where('recovery_sheets.confirmed_at', '<=', by)
    .execute()
