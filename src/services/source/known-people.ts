import type { Tx } from '../../store/store.ts'
import { newPerson } from './person-lock.ts'

/** Gives a row to those of these people who have none: by it their departure is noticed (`departures.ts`). */
export const insertMissingPeople = (tx: Tx, people: readonly string[]) =>
  tx
    .insertInto('people')
    .values(people.map(id => newPerson(id as Parameters<typeof newPerson>[0])))
    .onConflict(conflict => conflict.column('person').doNothing())
    .execute()
