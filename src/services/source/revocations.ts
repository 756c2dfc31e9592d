import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { beforeCommit, type Finisher } from '../../store/before-commit.ts'
import type { Store, Tx } from '../../store/store.ts'
import { type AcceptedWrite, newPerson, recordPasswordChosen } from './person-lock.ts'

type Deps = { readonly clock: Clock }

type Column = 'proofs_revoked_at' | 'sign_ins_revoked_at'

/** Locks the person's row until the transaction ends, and returns it. */
const lockPersonRow = (tx: Tx, person: PersonId) =>
  tx
    .insertInto('people')
    .values(newPerson(person))
    .onConflict(conflict => conflict.column('person').doUpdateSet({ person }))
    .returning(['proofs_revoked_at', 'sign_ins_revoked_at'])
    .executeTakeFirstOrThrow()

type Revoked = { readonly person: PersonId; readonly instants: { readonly [column in Column]?: number } }

/**
 * Locks the person's row now, and sets the instant of the revocation at the end of the transaction, when all that it replaces is locked
 * too. So every proof that was accepted by the old means is dated before this instant, and every later one is checked by the new means.
 */
const createRevoke = ({ clock }: Deps) => {
  const setInstants: Finisher<Revoked> = async (tx, revoked) => {
    for (const { person, instants } of revoked) {
      const now = clock.now()
      // Never moved back, since the clocks of hosts differ a little.
      const later = Object.entries(instants).map(([column, at]) => [column, Math.max(now, at)])
      await tx.updateTable('people').set(Object.fromEntries(later)).where('person', '=', person).execute()
    }
  }
  return async (tx: Tx, person: PersonId, columns: readonly Column[]) => {
    const current = await lockPersonRow(tx, person)
    const instants = Object.fromEntries(columns.map(column => [column, current[column]]))
    beforeCommit(tx, setInstants, { person, instants })
  }
}

async function isSignInRevoked(tx: Tx, person: PersonId, provedAt: number) {
  const { sign_ins_revoked_at: revokedAt } = await lockPersonRow(tx, person)
  return provedAt <= revokedAt
}

/** Until when the proofs of this person are revoked (milliseconds since 1970). */
export const proofsRevokedAt = (db: Store['read'], holder: string) =>
  db.selectFrom('people').select('proofs_revoked_at').where('person', '=', holder)

/** The same for sign-ins. */
export const signInsRevokedAt = (db: Store['read'], holder: string) =>
  db.selectFrom('people').select('sign_ins_revoked_at').where('person', '=', holder)

/**
 * From which instant on a person's proofs are valid. Replacing or removing a means of proof (a new joker, a removed factor, a
 * new activation code, a written password, a freeze) revokes all earlier proofs of the person: a journey that relies on one
 * writes nothing, and an earlier sign-in at the institution's server opens no session.
 */
export const createRevocations = (deps: Deps) => {
  const revoke = createRevoke(deps)
  return {
    /** Nothing is written on the strength of proofs given before the end of this transaction. */
    revokeProofs: (tx: Tx, person: PersonId) => revoke(tx, person, ['proofs_revoked_at']),

    /** Revokes earlier sign-ins too: none opens a session. Call it first, so that sign-ins in progress wait for the transaction. */
    revokeAll: (tx: Tx, person: PersonId) => revoke(tx, person, ['proofs_revoked_at', 'sign_ins_revoked_at']),

    /** Of an accepted write whose lease had ended, what the release of its lock would have recorded. */
    recordAccepted: async (tx: Tx, person: PersonId, { chosenAt, ...accepted }: AcceptedWrite) => {
      await revoke(tx, person, ['proofs_revoked_at', 'sign_ins_revoked_at'])
      if (chosenAt !== null) await recordPasswordChosen(tx, person, { ...accepted, chosenAt })
    },

    /**
     * Transactions that replace, remove or check a person's means of proof lock this row before any other, since transactions
     * that lock rows in different orders can deadlock (PostgreSQL aborts one of them after a second).
     */
    lockPersonRow,

    /**
     * Whether a sign-in proved at that instant is revoked. It locks the person's row until the transaction ends: a concurrent
     * freeze or write is either visible here, or sees the session that is opened (PostgreSQL reads committed rows).
     */
    isSignInRevoked,
  }
}

/** After a restore: all proofs and sign-ins from before `now` are revoked, for everybody. */
export const revokeEverybody = (tx: Tx, now: number) =>
  tx.updateTable('people').set({ proofs_revoked_at: now, sign_ins_revoked_at: now }).execute()

export type Revocations = ReturnType<typeof createRevocations>
