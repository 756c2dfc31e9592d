import { randomBytes } from 'node:crypto'
import type { ExpressionBuilder } from 'kysely'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Schema } from '../../store/schema.ts'
import type { Store, Tx } from '../../store/store.ts'
import { currentLeaseHolder, hasExited } from './lease-holder.ts'

/** The lock while it is held. */
export type LockHandle = {
  /**
   * The transaction that ends the work. Its first statement releases the lock, which saves a commit, and records what `accepted`
   * says of the person. `isHeld`: the lease had not ended; otherwise the row is unchanged.
   */
  end<T>(work: (tx: Tx, isHeld: boolean) => Promise<T>, accepted?: AcceptedWrite): Promise<T>
}

/**
 * What an accepted write changes in the person's row. It revokes their proofs and sign-ins, as `revokeAll` of `revocations.ts`
 * does. `chosenAt`: when the person chose the password; `null` where nobody did, as at a freeze. `recoveredAt`: of a recovery, when it
 * was; absent where its proofs cannot be phished or the old password was known, so that an earlier one stays.
 */
export type AcceptedWrite = { readonly chosenAt: number | null; readonly recoveredAt?: number }

/**
 * Locks the person's row, where there is one, until the transaction ends. Transactions that lock several rows of one person do this first:
 * in different orders they would wait for one another (a deadlock, which costs a second on PostgreSQL).
 */
export const lockKnownPerson = (tx: Tx, person: PersonId) =>
  tx.updateTable('people').set({ person }).where('person', '=', person).execute()

/** The first row of a person in the store. */
export const newPerson = (person: PersonId) => ({
  person,
  salt: randomBytes(16).toString('base64url'),
  generation: 0,
  lock_holder: null,
  lock_until: 0,
  proofs_revoked_at: 0,
  sign_ins_revoked_at: 0,
  checked_at: 0,
  missing_since: null,
  password_chosen_at: null,
  recovered_at: null,
  kept_recovery_at: null,
  means_lost_at: null,
})

/** Ends the lock of this person when its process, of this host, was killed. */
export async function releaseAbandonedLock(tx: Tx, person: PersonId) {
  const { lock_holder } = (await tx
    .selectFrom('people')
    .select('lock_holder')
    .where('person', '=', person)
    .executeTakeFirst()) ?? { lock_holder: null }
  if (lock_holder && hasExited(lock_holder)) await release(tx, { person, holder: lock_holder })
}

type Deps = {
  readonly store: Store
  readonly clock: Clock
  /** Milliseconds, as `patience`, the longest wait for the lock. */
  readonly lease: number
  readonly patience: number
}

const findSalt = async ({ store }: Deps, person: PersonId) =>
  (await store.read.selectFrom('people').select('salt').where('person', '=', person).executeTakeFirst())?.salt

async function saltOf(deps: Deps, person: PersonId, exists: boolean): Promise<string> {
  const known = exists ? await findSalt(deps, person) : undefined
  if (known !== undefined) return known
  const { salt } = await deps.store.transaction(tx =>
    tx
      .insertInto('people')
      .values(newPerson(person))
      .onConflict(conflict => conflict.column('person').doUpdateSet({ person }))
      .returning('salt')
      .executeTakeFirstOrThrow(),
  )
  return salt
}

/** The lock in the hands of one caller: `holder` names it in the person's row. */
type Holding = { readonly person: PersonId; readonly holder: string }

/**
 * Acquires the lock, and gives the person's next generation: generations follow the order of writes to the source. `null`:
 * another holder has the lock. Inserts the person's row where it is missing.
 */
async function acquire({ clock, lease }: Deps, tx: Tx, { person, holder }: Holding): Promise<number | null> {
  const now = clock.now()
  const held = { lock_holder: holder, lock_until: now + lease }
  const row = await tx
    .insertInto('people')
    .values({ ...newPerson(person), ...held, generation: 1 })
    .onConflict(conflict =>
      conflict
        .column('person')
        .doUpdateSet(eb => ({ ...held, generation: eb('people.generation', '+', 1) }))
        .where('people.lock_until', '<=', now),
    )
    .returning('generation')
    .executeTakeFirst()
  return row?.generation ?? null
}

/** Clocks of hosts differ a little: a later instant in the row stays. */
const latest = (
  eb: ExpressionBuilder<Schema, 'people'>,
  column: 'proofs_revoked_at' | 'sign_ins_revoked_at' | 'password_chosen_at',
  at: number,
) => eb.case().when(column, '>', at).then(eb.ref(column)).else(eb.val(at)).end().$castTo<number>()

/** `accepted`: what the same statement records; its proofs and sign-ins are revoked as of `now`. */
async function release(
  tx: Tx,
  { person, holder }: Holding,
  accepted?: AcceptedWrite & { readonly now: number },
) {
  const released = await tx
    .updateTable('people')
    .set(eb => ({
      lock_holder: null,
      lock_until: 0,
      ...(accepted && {
        proofs_revoked_at: latest(eb, 'proofs_revoked_at', accepted.now),
        sign_ins_revoked_at: latest(eb, 'sign_ins_revoked_at', accepted.now),
        ...(accepted.chosenAt !== null && {
          password_chosen_at: latest(eb, 'password_chosen_at', accepted.chosenAt),
        }),
        ...(accepted.recoveredAt !== undefined && { recovered_at: accepted.recoveredAt }),
      }),
    }))
    .where('person', '=', person)
    .where('lock_holder', '=', holder)
    .executeTakeFirst()
  return released.numUpdatedRows === 1n
}

/** Runs `work`, which ends the lock by its last transaction; a lock that is still held after it is released. */
async function underLock<T>(
  deps: Deps,
  holding: Holding,
  work: (lockHandle: LockHandle) => Promise<T>,
): Promise<T> {
  const { store, clock } = deps
  let ended = false
  try {
    return await work({
      end: async (record, accepted) => {
        const recorded = await store.transaction(async tx =>
          record(tx, await release(tx, holding, accepted && { ...accepted, now: clock.now() })),
        )
        ended = true
        return recorded
      },
    })
  } finally {
    if (!ended) await store.transaction(tx => release(tx, holding))
  }
}

async function withLock<E, T>(
  deps: Deps & { readonly leaseHolder: string },
  person: PersonId,
  onAcquired: (tx: Tx, generation: number) => Promise<E>,
  work: (acquired: E, lockHandle: LockHandle) => Promise<T>,
): Promise<T | 'busy'> {
  const { store, clock, patience, leaseHolder } = deps
  const holding = { person, holder: `${leaseHolder}:${newId()}` }
  const claim = () =>
    store.transaction(async tx => {
      const generation = await acquire(deps, tx, holding)
      return generation === null ? null : { acquired: await onAcquired(tx, generation) }
    })
  const until = clock.now() + patience
  let claimed = await claim()
  while (!claimed) {
    if (clock.now() > until) return 'busy'
    await clock.sleep(40 + Math.random() * 40)
    claimed = await claim()
  }
  const { acquired } = claimed
  return underLock(deps, holding, lockHandle => work(acquired, lockHandle))
}

/**
 * Acquires the lock in a transaction that also does other work, and gives what runs the rest under it; `null` where another
 * holder has the lock. When the transaction is rolled back, nothing is held.
 */
async function tryLock(deps: Deps & { readonly leaseHolder: string }, tx: Tx, person: PersonId) {
  const holding = { person, holder: `${deps.leaseHolder}:${newId()}` }
  const generation = await acquire(deps, tx, holding)
  return generation === null
    ? null
    : {
        generation,
        run: <T>(work: (lockHandle: LockHandle) => Promise<T>) => underLock(deps, holding, work),
        release: () => release(tx, holding),
      }
}

/**
 * One writer per person, across processes and hosts. The lock is a lease on the person's row, so it ends by itself when its
 * process is killed. Directories need it (the ppolicy history of OpenLDAP is not atomic), and so does the order of generations.
 */
export const createPersonLock = (deps: Deps) => {
  const holding = { ...deps, leaseHolder: currentLeaseHolder() }
  return {
    /**
     * The salt of the person's hashed passwords. Inserts their row where it is missing. `exists`: false where it probably is, so
     * that it is not searched first.
     */
    saltOf: (person: PersonId, exists = true) => saltOf(deps, person, exists),

    /**
     * Runs `work` under the lock, with the result of `onAcquired`, which runs in the transaction that acquires the lock and gets
     * the person's next generation; `'busy'` when another process holds it for longer than `patience`.
     */
    withLock: <E, T>(
      person: PersonId,
      onAcquired: (tx: Tx, generation: number) => Promise<E>,
      work: (acquired: E, lockHandle: LockHandle) => Promise<T>,
    ) => withLock(holding, person, onAcquired, work),

    /** Acquires the lock in the caller's transaction, without waiting for another holder (`null`). Call it first in it. */
    tryLock: (tx: Tx, person: PersonId) => tryLock(holding, tx, person),
  }
}

/** When the person last chose a password here, in milliseconds since 1970; `null`: never. */
export const passwordChosenAt = async (db: Store['read'], holder: string): Promise<number | null> =>
  (await db.selectFrom('people').select('password_chosen_at').where('person', '=', holder).executeTakeFirst())
    ?.password_chosen_at ?? null

/** When the holder, known or not, last recovered the account by proofs that can be phished, or that somebody assisted; `null`: not so. */
export const recoveredAt = async (db: Store['read'], holder: string): Promise<number | null> =>
  (await findRecovery(db, holder)).at

/**
 * The same as `at`; `keptAt`: the recovery of which it is recorded that it keeps something as it was; `lostAt`: when a means of recovery was
 * last removed or replaced. Each is `null` where it never was.
 */
export const findRecovery = async (db: Store['read'], holder: string) => {
  const row = await db
    .selectFrom('people')
    .select(['recovered_at', 'kept_recovery_at', 'means_lost_at'])
    .where('person', '=', holder)
    .executeTakeFirst()
  return {
    at: row?.recovered_at ?? null,
    keptAt: row?.kept_recovery_at ?? null,
    lostAt: row?.means_lost_at ?? null,
  }
}

/** Records that a means of recovery is removed or replaced. */
export const recordLostMeans = (tx: Tx, person: PersonId, at: number) =>
  tx
    .insertInto('people')
    .values({ ...newPerson(person), means_lost_at: at })
    .onConflict(conflict => conflict.column('person').doUpdateSet({ means_lost_at: at }))
    .execute()

/** Records that the last recovery keeps as it was what the person had, before some of it is removed. */
export const recordKeptRecovery = (tx: Tx, person: PersonId) =>
  tx
    .updateTable('people')
    .set(eb => ({ kept_recovery_at: eb.ref('recovered_at') }))
    .where('person', '=', person)
    .execute()

/** Records when the person chose a password, and how, for a write whose lock had ended before it was accepted. */
export const recordPasswordChosen = (
  tx: Tx,
  person: PersonId,
  { chosenAt, recoveredAt: recovered }: AcceptedWrite & { readonly chosenAt: number },
) =>
  tx
    .updateTable('people')
    .set(eb => ({
      password_chosen_at: latest(eb, 'password_chosen_at', chosenAt),
      ...(recovered !== undefined && { recovered_at: recovered }),
    }))
    .where('person', '=', person)
    .execute()

export type PersonLock = ReturnType<typeof createPersonLock>

export const personRetention: RetentionOf<'people'> = {
  people: withAccount('people'),
}
