import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

/**
 * `frozen`: nothing may be done here until the desk unfreezes. `recovery-closed`: sign-in goes on, self-service
 * recovery waits. Whoever asks for a frozen account sees what everybody sees.
 */
export type Freeze = {
  readonly kind: 'frozen' | 'recovery-closed'
  readonly until: number | null
}
type Found = Freeze & {
  readonly at: number
  /** The directory has the password that nobody knows. */
  readonly passwordWritten: boolean
}

/**
 * Whose sessions open nothing. A sign-in under way while the account is frozen may insert its session after the freeze
 * has deleted the others (read committed): so this is looked at wherever one is used, and unfreezing deletes the rest.
 */
export const frozenPeople = (db: Store['read'], clock: Clock) =>
  db
    .selectFrom('freezes')
    .select('person')
    .where('kind', '=', 'frozen')
    .where(eb => eb.or([eb('until', 'is', null), eb('until', '>', clock.now())]))

export const createFreezes = (store: Store, clock: Clock) => ({
  /** Looked up for unknown subjects too: the same work for everyone. */
  find: async (holder: string, db: Store['read'] = store.read): Promise<Found | null> => {
    const row = await db.selectFrom('freezes').selectAll().where('person', '=', holder).executeTakeFirst()
    if (!row || (row.until !== null && row.until <= clock.now())) return null
    return {
      ...{ kind: row.kind === 'frozen' ? 'frozen' : 'recovery-closed', until: row.until, at: row.at },
      passwordWritten: row.password_written === 1,
    }
  },

  /** A freeze outlives a mere closing, never the other way round. */
  put: async (tx: Tx, freeze: Freeze & { person: string; by: string; reason: string }) => {
    const { person, kind, until } = freeze
    const values = {
      person,
      kind,
      until,
      by_actor: freeze.by,
      reason: freeze.reason,
      at: clock.now(),
      password_written: 0,
    }
    await tx
      .insertInto('freezes')
      .values(values)
      .onConflict(conflict =>
        conflict
          .column('person')
          // What was put in place lately is reckoned from the first alarm: a second one hides nothing.
          .doUpdateSet(eb => ({ ...values, at: eb.ref('freezes.at') }))
          .where(eb => (kind === 'frozen' ? eb.lit(true) : eb('freezes.kind', '!=', 'frozen'))),
      )
      .execute()
  },

  /** Nobody can sign in with the old password any more, and the freeze may be lifted. */
  recordWritten: (tx: Tx, person: string) =>
    tx.updateTable('freezes').set({ password_written: 1 }).where('person', '=', person).execute(),

  lift: async (tx: Tx, person: string) => {
    const lifted = await tx.deleteFrom('freezes').where('person', '=', person).executeTakeFirst()
    return lifted.numDeletedRows === 1n
  },
})

export type Freezes = ReturnType<typeof createFreezes>
