import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { newId } from '../../keys.ts'
import type { Store } from '../../store/store.ts'
import { ownName } from './owner.ts'

/**
 * One writer per person, across processes and machines: a lease on the person's row, so that a killed process lets go.
 * Directories need it (the ppolicy history of OpenLDAP is not atomic), and so does the order of generations.
 */
export const personLock = (parts: { store: Store; clock: Clock; lease: number; patience: number }) => {
  const { store, clock, lease, patience } = parts
  const owner = ownName()

  const hasRow = async (person: PersonId) =>
    (await store.read
      .selectFrom('people')
      .select('person')
      .where('person', '=', person)
      .executeTakeFirst()) !== undefined

  const ensureRow = async (person: PersonId) => {
    if (await hasRow(person)) return
    await store.transaction(tx =>
      tx
        .insertInto('people')
        .values({
          person,
          salt: randomBytes(16).toString('base64url'),
          generation: 0,
          lock_holder: null,
          lock_until: 0,
        })
        .onConflict(conflict => conflict.column('person').doNothing())
        .execute(),
    )
  }

  const claim = (person: PersonId, holder: string) =>
    store.transaction(async tx => {
      const now = clock.now()
      const claimed = await tx
        .updateTable('people')
        .set({ lock_holder: holder, lock_until: now + lease })
        .where('person', '=', person)
        .where('lock_until', '<=', now)
        .executeTakeFirst()
      return claimed.numUpdatedRows === 1n
    })

  const release = (person: PersonId, holder: string) =>
    store.transaction(tx =>
      tx
        .updateTable('people')
        .set({ lock_holder: null, lock_until: 0 })
        .where('person', '=', person)
        .where('lock_holder', '=', holder)
        .execute(),
    )

  return {
    ensureRow,
    /** Runs `work` alone for this person; `'busy'` when another holds the lock for longer than our patience. */
    alone: async <T>(person: PersonId, work: () => Promise<T>): Promise<T | 'busy'> => {
      await ensureRow(person)
      const holder = `${owner}:${newId()}`
      const until = clock.now() + patience
      while (!(await claim(person, holder))) {
        if (clock.now() > until) return 'busy'
        await clock.sleep(40 + Math.random() * 40)
      }
      try {
        return await work()
      } finally {
        await release(person, holder)
      }
    },
  }
}

export type PersonLock = ReturnType<typeof personLock>
