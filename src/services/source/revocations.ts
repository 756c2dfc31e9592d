import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Store, Tx } from '../../store/store.ts'
import { newPerson } from './person-lock.ts'

/**
 * Since when a proof of who somebody is counts. Whatever replaces or takes away what was shown (another joker, a factor
 * removed, a new letter, a written password, a freeze) revokes what was proved before, however long ago and wherever:
 * a journey that stands behind it writes nothing, and a sign-in at the institution's server opens nothing.
 */
export const createRevocations = (deps: { store: Store; clock: Clock }) => {
  const { store, clock } = deps

  /** Holds the person's row until the transaction ends, and gives it. */
  const lockPerson = (tx: Tx, person: PersonId) =>
    tx
      .insertInto('people')
      .values(newPerson(person))
      .onConflict(conflict => conflict.column('person').doUpdateSet({ person }))
      .returning(['proofs_revoked_at', 'sign_ins_revoked_at'])
      .executeTakeFirstOrThrow()

  /** The clock is read with the row held, and an instant never goes back: hosts' clocks differ a little. */
  const revoke = async (tx: Tx, person: PersonId, columns: readonly Column[]) => {
    const current = await lockPerson(tx, person)
    const now = clock.now()
    const instants = Object.fromEntries(columns.map(column => [column, Math.max(now, current[column])]))
    await tx.updateTable('people').set(instants).where('person', '=', person).execute()
  }

  return {
    /** Nothing is written any more on what was proved until now. */
    revokeProofs: (tx: Tx, person: PersonId) => revoke(tx, person, ['proofs_revoked_at']),

    /** The same, and no sign-in from before opens a session. Call it first: sign-ins under way wait for this transaction. */
    revokeAll: (tx: Tx, person: PersonId) => revoke(tx, person, ['proofs_revoked_at', 'sign_ins_revoked_at']),

    /**
     * Whoever replaces, takes away or judges something of a person takes this row before any other: two that locked rows in
     * different orders would wait for each other (PostgreSQL ends one of them after a second).
     */
    lockPerson,

    /**
     * Is a sign-in proved at that instant worth nothing? It holds the person's row until the transaction ends: a freeze or a
     * write that commits meanwhile either is seen here, or sees the session that is opened (PostgreSQL reads what is committed).
     */
    isSignInRevoked: async (tx: Tx, person: PersonId, provedAt: number) => {
      const { sign_ins_revoked_at: revokedAt } = await lockPerson(tx, person)
      return provedAt <= revokedAt
    },

    isProofRevoked: async (person: PersonId, provedAt: number) => {
      const row = await store.read
        .selectFrom('people')
        .select('proofs_revoked_at')
        .where('person', '=', person)
        .executeTakeFirst()
      return row !== undefined && provedAt <= row.proofs_revoked_at
    },
  }
}

type Column = 'proofs_revoked_at' | 'sign_ins_revoked_at'

export type Revocations = ReturnType<typeof createRevocations>
