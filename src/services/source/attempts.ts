import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { RotatingKeys } from '../../crypto/rotating-keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { RetentionOf } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { type Attempt, type AttemptFacts, attemptOf, storedFacts } from './attempt.ts'
import { currentLeaseHolder, hasExited } from './lease-holder.ts'
import { releaseAbandonedLock } from './person-lock.ts'

export type { Attempt, Verification } from './attempt.ts'

const sealContext = (id: string) => `attempts.sealed.${id}`

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly rotatingKeys: RotatingKeys
  readonly lease: number
}

type AttemptRequest = Pick<Attempt, 'kind' | 'person' | 'journey'> & {
  facts: Omit<AttemptFacts, 'leaseHolder'>
}

async function prepare(
  deps: Deps & { readonly leaseHolder: string },
  request: AttemptRequest,
  password: string,
) {
  const { clock, rotatingKeys, lease, leaseHolder } = deps
  const id = newId()
  const { sealed, key } = await rotatingKeys.seal(sealContext(id), password)
  const now = clock.now()
  const row = {
    id,
    kind: request.kind,
    state: 'open',
    person: request.person,
    journey: request.journey,
    generation: 0,
    sealed,
    key_name: key,
    history_hash: request.facts.historyHash,
    facts: storedFacts({ ...request.facts, leaseHolder }),
    lease_until: now + lease,
    tries: 0,
    started_at: now,
    settled_at: null,
    notified_at: null,
  }
  return {
    attempt: attemptOf(row),
    insert: (tx: Tx, generation = 0) =>
      tx
        .insertInto('attempts')
        .values({ ...row, generation })
        .execute(),
  }
}

async function assignGeneration(tx: Tx, attempt: Attempt, next: number): Promise<Attempt | null> {
  const row = await tx
    .updateTable('attempts')
    .set(eb => ({
      generation: eb.case().when('generation', '=', 0).then(eb.val(next)).else(eb.ref('generation')).end(),
    }))
    .where('id', '=', attempt.id)
    .where('state', '=', 'open')
    .returning('generation')
    .executeTakeFirst()
  return row ? { ...attempt, generation: row.generation } : null
}

/** What is erased by the statement that settles an attempt: nothing of a password is kept longer than its write is open. */
const erased = { sealed: null, history_hash: null } as const

/** The condition on the attempt itself also guards the others: an attempt that is no longer open ends none of them. */
async function accept({ clock }: Deps, tx: Tx, { id, person }: Pick<Attempt, 'id' | 'person'>) {
  const settled = await tx
    .updateTable('attempts')
    .set(eb => ({
      ...erased,
      state: eb.case().when('id', '=', id).then('accepted').else('refused').end(),
      settled_at: clock.now(),
    }))
    .where('person', '=', person)
    .where('state', '=', 'open')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('attempts as own')
          .select('own.id')
          .where('own.id', '=', id)
          .where('own.state', '=', 'open'),
      ),
    )
    .returning('id')
    .execute()
  return settled.some(one => one.id === id)
}

async function refuse({ clock }: Deps, tx: Tx, { id }: Pick<Attempt, 'id'>) {
  const refused = await tx
    .updateTable('attempts')
    .set({ ...erased, state: 'refused', settled_at: clock.now() })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  return refused.numUpdatedRows === 1n
}

async function recordNotified({ clock }: Deps, tx: Tx, { id }: Pick<Attempt, 'id'>) {
  const recorded = await tx
    .updateTable('attempts')
    .set({ notified_at: clock.now() })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .where('notified_at', 'is', null)
    .executeTakeFirst()
  return recorded.numUpdatedRows === 1n
}

const eraseOthers = ({ clock }: Deps, tx: Tx, person: PersonId, except: string) =>
  tx
    .updateTable('attempts')
    .set({ ...erased, state: 'refused', settled_at: clock.now() })
    .where('person', '=', person)
    .where('state', '=', 'open')
    .where('id', '!=', except)
    .execute()

const abandonedAt = ({ store }: Deps, now: number) =>
  store.read
    .selectFrom('attempts')
    .select('id')
    .where('state', '=', 'open')
    .where('lease_until', '<=', now)
    .limit(20)
    .execute()

const claim = ({ store, lease }: Deps, id: string, now: number) =>
  store.transaction(async tx => {
    const row = await tx
      .updateTable('attempts')
      .set(eb => ({ lease_until: now + lease, tries: eb('tries', '+', 1) }))
      .where('id', '=', id)
      .where('state', '=', 'open')
      .where('lease_until', '<=', now)
      .returningAll()
      .executeTakeFirst()
    return row ? [attemptOf(row)] : []
  })

/** Each in a transaction of its own: one that locks several attempts of a person waits for no other (deadlocks). */
async function claimAbandoned(deps: Deps) {
  const now = deps.clock.now()
  const claimed: Attempt[] = []
  for (const { id } of await abandonedAt(deps, now)) claimed.push(...(await claim(deps, id, now)))
  return claimed
}

async function releaseAbandoned({ store }: Deps) {
  const open = await store.read.selectFrom('attempts').selectAll().where('state', '=', 'open').execute()
  const abandoned = open.map(attemptOf).filter(attempt => hasExited(attempt.facts.leaseHolder))
  for (const { id, person } of abandoned)
    await store.transaction(async tx => {
      await releaseAbandonedLock(tx, person)
      await tx
        .updateTable('attempts')
        .set({ lease_until: 0 })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .execute()
    })
}

const postpone = ({ store, clock }: Deps, { id }: Pick<Attempt, 'id'>, milliseconds: number) =>
  store.transaction(tx =>
    tx
      .updateTable('attempts')
      .set({ lease_until: clock.now() + milliseconds })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .execute(),
  )

async function passwordOf({ store, rotatingKeys }: Deps, { id }: Pick<Attempt, 'id'>) {
  const row = await store.read
    .selectFrom('attempts')
    .select(['sealed', 'key_name'])
    .where('id', '=', id)
    .executeTakeFirst()
  return rotatingKeys.open(row?.key_name ?? '', sealContext(id), row?.sealed ?? null)
}

async function findChange({ store }: Deps, id: string, person: PersonId) {
  const row = await store.read
    .selectFrom('attempts')
    .select(['id', 'state', 'facts', 'settled_at'])
    .where('id', '=', id)
    .where('person', '=', person)
    .where('kind', '=', 'change')
    .executeTakeFirst()
  if (!row) return null
  const { refused = '' } = JSON.parse(row.facts) as AttemptFacts
  return { id: row.id, state: row.state, refused, settledAt: row.settled_at }
}

const recordRefusal = (tx: Tx, { id, facts }: Pick<Attempt, 'id' | 'facts'>, reason: string) =>
  tx
    .updateTable('attempts')
    .set({ facts: storedFacts({ ...facts, refused: reason }) })
    .where('id', '=', id)
    .execute()

async function countOpen({ store }: Deps, person: PersonId, db: Store['read'] = store.read) {
  const rows = await db
    .selectFrom('attempts')
    .select('id')
    .where('person', '=', person)
    .where('state', '=', 'open')
    .execute()
  return rows.length
}

async function keysInUse({ store }: Deps) {
  const rows = await store.read
    .selectFrom('attempts')
    .select('key_name')
    .distinct()
    .where('state', '=', 'open')
    .execute()
  return new Set(rows.map(row => row.key_name))
}

export const createAttempts = (deps: Deps) => {
  const leaseHolder = currentLeaseHolder()
  return {
    /** Seals the password and gives what inserts the row. Sealing reads key files, so it is done before the transaction. */
    prepare: (request: AttemptRequest, password: string) =>
      prepare({ ...deps, leaseHolder }, request, password),

    /**
     * Assigns the person's next generation, which the transaction that acquires the person's lock gives, unless the attempt has
     * one. `null`: the attempt is no longer open, since a newer one superseded it.
     */
    assignGeneration,

    /**
     * Accepts an open attempt and refuses the person's other open ones, which it supersedes; erases their sealed passwords in the
     * same statement. False when the attempt was finished already.
     */
    accept: (tx: Tx, attempt: Pick<Attempt, 'id' | 'person'>) => accept(deps, tx, attempt),

    /** Refuses an open attempt and erases its sealed password in the same statement; false when it was finished already. */
    refuse: (tx: Tx, attempt: Pick<Attempt, 'id'>) => refuse(deps, tx, attempt),

    /** Records that the helpdesk is told of an attempt that stays open; false when it was told before, or the attempt is finished. */
    recordNotified: (tx: Tx, attempt: Pick<Attempt, 'id'>) => recordNotified(deps, tx, attempt),

    /** Refuses the other open attempts of this person and erases their passwords, since `except` supersedes them. */
    eraseOthers: (tx: Tx, person: PersonId, except: string) => eraseOthers(deps, tx, person, except),

    /** Claims open attempts whose lease has ended, by compare-and-set, so that only one process finishes each. */
    claimAbandoned: () => claimAbandoned(deps),

    /** At a start: ends the leases of killed processes of this host, so that their attempts need not wait. */
    releaseAbandoned: () => releaseAbandoned(deps),

    /** Lets the attempt be claimed again after so many milliseconds. */
    postpone: (attempt: Pick<Attempt, 'id'>, milliseconds: number) => postpone(deps, attempt, milliseconds),
    /** The password of an attempt, as `RotatingKeys.open` says. */
    password: (attempt: Pick<Attempt, 'id'>) => passwordOf(deps, attempt),

    /** A change of the password by its owner; `null`: this person has none with that id. `settledAt`: milliseconds since 1970. */
    findChange: (id: string, person: PersonId) => findChange(deps, id, person),

    /** Keeps the reason of a refusal, so that the page can show it after a restart. */
    recordRefusal,

    /** How many writes for this person are not settled yet. */
    countOpen: (person: PersonId, db?: Store['read']) => countOpen(deps, person, db),
    keysInUse: () => keysInUse(deps),
  }
}

export type Attempts = ReturnType<typeof createAttempts>

export const attemptRetention: RetentionOf<'attempts'> = {
  attempts: (tx, now, limits) =>
    tx
      .deleteFrom('attempts')
      .where('state', '!=', 'open')
      .where('settled_at', '<', now - limits.purgeJourneys)
      .execute(),
}
