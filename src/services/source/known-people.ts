import type { Store, Tx } from '../../store/store.ts'
import { newPerson } from './person-lock.ts'

/** Gives a row to those of these people who have none: by it their departure is noticed (`departures.ts`). */
export const insertMissingPeople = (tx: Tx, people: readonly string[]) =>
  tx
    .insertInto('people')
    .values(people.map(id => newPerson(id as Parameters<typeof newPerson>[0])))
    .onConflict(conflict => conflict.column('person').doNothing())
    .execute()

/** Whether this id has a row: of somebody whom the portal met or imported. */
export const hasPersonRow = async (db: Store['read'], id: string) =>
  (await db.selectFrom('people').select('person').where('person', '=', id).executeTakeFirst()) !== undefined
