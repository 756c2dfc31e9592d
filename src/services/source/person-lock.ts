import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { currentLeaseHolder, hasExited } from './lease-holder.ts'

/** The lock while it is held. */
export type LockHandle = {
  /** Releases the lock in the transaction that ends the work, which saves a commit. */
  release(tx: Tx): Promise<void>
}

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
})

/** The person's next generation. Call it in the transaction that acquires the lock: generations follow the order of writes. */
export async function nextGeneration(tx: Tx, person: PersonId) {
  const { generation } = await tx
    .updateTable('people')
    .set(eb => ({ generation: eb('generation', '+', 1) }))
    .where('person', '=', person)
    .returning('generation')
    .executeTakeFirstOrThrow()
  return generation
}

/** Ends the lock of this person when its process, of this host, was killed. */
export async function releaseAbandonedLock(tx: Tx, person: PersonId) {
  const { lock_holder } = (await tx
    .selectFrom('people')
    .select('lock_holder')
    .where('person', '=', person)
    .executeTakeFirst()) ?? { lock_holder: null }
  if (lock_holder && hasExited(lock_holder)) await release(tx, person, lock_holder)
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

async function saltOf(deps: Deps, person: PersonId): Promise<string> {
  const known = await findSalt(deps, person)
  if (known !== undefined) return known
  await deps.store.transaction(tx =>
    tx
      .insertInto('people')
      .values(newPerson(person))
      .onConflict(conflict => conflict.column('person').doNothing())
      .execute(),
  )
  return saltOf(deps, person)
}

/** Acquires the lock and runs `onAcquired` in the same transaction; `null` when another process holds the lock. */
const claim = <E>(
  { store, clock, lease }: Deps,
  person: PersonId,
  holder: string,
  onAcquired: (tx: Tx) => Promise<E>,
) =>
  store.transaction(async tx => {
    const now = clock.now()
    const claimed = await tx
      .updateTable('people')
      .set({ lock_holder: holder, lock_until: now + lease })
      .where('person', '=', person)
      .where('lock_until', '<=', now)
      .executeTakeFirst()
    return claimed.numUpdatedRows === 1n ? { acquired: await onAcquired(tx) } : null
  })

async function release(tx: Tx, person: PersonId, holder: string) {
  await tx
    .updateTable('people')
    .set({ lock_holder: null, lock_until: 0 })
    .where('person', '=', person)
    .where('lock_holder', '=', holder)
    .execute()
}

/** Reads first, because most work has released the lock in its own transaction and a read costs less than a commit. */
async function releaseIfHeld({ store }: Deps, person: PersonId, holder: string) {
  const row = await store.read
    .selectFrom('people')
    .select('lock_holder')
    .where('person', '=', person)
    .executeTakeFirst()
  if (row?.lock_holder === holder) await store.transaction(tx => release(tx, person, holder))
}

async function withLock<E, T>(
  deps: Deps & { readonly leaseHolder: string },
  person: PersonId,
  onAcquired: (tx: Tx) => Promise<E>,
  work: (acquired: E, lockHandle: LockHandle) => Promise<T>,
): Promise<T | 'busy'> {
  const { clock, patience, leaseHolder } = deps
  await saltOf(deps, person)
  const holder = `${leaseHolder}:${newId()}`
  const until = clock.now() + patience
  let claimed = await claim(deps, person, holder, onAcquired)
  while (!claimed) {
    if (clock.now() > until) return 'busy'
    await clock.sleep(40 + Math.random() * 40)
    claimed = await claim(deps, person, holder, onAcquired)
  }
  try {
    return await work(claimed.acquired, { release: tx => release(tx, person, holder) })
  } finally {
    await releaseIfHeld(deps, person, holder)
  }
}

/**
 * One writer per person, across processes and hosts. The lock is a lease on the person's row, so it ends by itself when its
 * process is killed. Directories need it (the ppolicy history of OpenLDAP is not atomic), and so does the order of generations.
 */
export const createPersonLock = (deps: Deps) => {
  const holding = { ...deps, leaseHolder: currentLeaseHolder() }
  return {
    /** The salt of the person's hashed passwords. Inserts their row where it is missing. */
    saltOf: (person: PersonId) => saltOf(deps, person),
    /**
     * Runs `work` under the lock, with the result of `onAcquired`, which runs in the transaction that acquires the lock;
     * `'busy'` when another process holds it for longer than `patience`.
     */
    withLock: <E, T>(
      person: PersonId,
      onAcquired: (tx: Tx) => Promise<E>,
      work: (acquired: E, lockHandle: LockHandle) => Promise<T>,
    ) => withLock(holding, person, onAcquired, work),
  }
}

export type PersonLock = ReturnType<typeof createPersonLock>

export const personRetention: RetentionOf<'people'> = {
  people: withAccount('people'),
}
