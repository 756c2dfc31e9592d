import type { Clock } from '../clock.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'

/**
 * What « Ce n'est pas moi » or the helpdesk put on an account; one row for each person. `kind`:
 *
 * - `frozen`: the account is closed. Sessions and journeys end, the password is replaced by a random one, and nothing works
 *   in Sésame until the helpdesk unfreezes the account.
 * - `recovery-closed`: nothing is frozen. Sign-in and open sessions work. Open journeys end; recovery and activation are
 *   refused until `until`.
 *
 * Neither kind is visible to a person who has not signed in.
 */
export type Freeze = {
  readonly kind: 'frozen' | 'recovery-closed'
  readonly until: number | null
}
type StoredFreeze = Freeze & {
  readonly at: number
  /** The random password that replaces the old one has been written to the directory. */
  readonly passwordWritten: boolean
}

type NewFreeze = Freeze & { person: string; by: string; reason: string }

/**
 * People whose sessions are void. A sign-in under way may insert its session after the freeze has deleted the others
 * (read committed): so every use of a session checks this, and unfreezing deletes the remaining ones.
 */
export const frozenPeople = (db: Store['read'], clock: Clock) =>
  db
    .selectFrom('freezes')
    .select('person')
    .where('kind', '=', 'frozen')
    .where(eb => eb.or([eb('until', 'is', null), eb('until', '>', clock.now())]))

/** The kind of the freeze of this holder, where one is in force. */
export const freezeKindOf = (db: Store['read'], clock: Clock, holder: string) =>
  db
    .selectFrom('freezes')
    .select('kind')
    .where('person', '=', holder)
    .where(eb => eb.or([eb('until', 'is', null), eb('until', '>', clock.now())]))

async function find(clock: Clock, holder: string, db: Store['read']): Promise<StoredFreeze | null> {
  const row = await db.selectFrom('freezes').selectAll().where('person', '=', holder).executeTakeFirst()
  if (!row || (row.until !== null && row.until <= clock.now())) return null
  return {
    kind: row.kind === 'frozen' ? 'frozen' : 'recovery-closed',
    until: row.until,
    at: row.at,
    passwordWritten: row.password_written === 1,
  }
}

async function put(clock: Clock, tx: Tx, freeze: NewFreeze) {
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
        // Recent access methods are counted back from the first freeze: a second one must not hide any of them.
        .doUpdateSet(eb => ({ ...values, at: eb.ref('freezes.at') }))
        .where(eb => (kind === 'frozen' ? eb.lit(true) : eb('freezes.kind', '!=', 'frozen'))),
    )
    .execute()
}

async function lift(tx: Tx, person: string) {
  const lifted = await tx.deleteFrom('freezes').where('person', '=', person).executeTakeFirst()
  return lifted.numDeletedRows === 1n
}

export const createFreezes = (store: Store, clock: Clock) => ({
  /** Called for unknown subjects too, so that known and unknown ones cost the same time. */
  find: (holder: string, db: Store['read'] = store.read) => find(clock, holder, db),

  /** A freeze replaces a closed recovery, but not the other way round. */
  put: (tx: Tx, freeze: NewFreeze) => put(clock, tx, freeze),

  /** The old password no longer signs in, so the freeze may be lifted. */
  recordWritten: (tx: Tx, person: string) =>
    tx.updateTable('freezes').set({ password_written: 1 }).where('person', '=', person).execute(),
  lift,
})

export type Freezes = ReturnType<typeof createFreezes>

export const freezeRetention: RetentionOf<'freezes'> = {
  freezes: withAccount('freezes', (tx, now) => tx.deleteFrom('freezes').where('until', '<', now).execute()),
}
