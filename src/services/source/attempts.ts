import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { RotatingKeys } from '../../crypto/rotating-keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { RetentionOf } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import { currentLeaseHolder, hasExited } from './lease-holder.ts'
import { nextGeneration, releaseAbandonedLock } from './person-lock.ts'

/** What the acceptance records. It is kept with the attempt so that another process can finish it after a kill. */
export type AttemptFacts = {
  /** The process that writes (see `lease-holder.ts`). */
  readonly leaseHolder: string
  readonly language: Language
  readonly historyHash: string
  readonly charterVersion: string | null
  /** Digest of the handle under which the person reads the receipt. */
  readonly receipt?: string
  /** The session that stays open after a change; all others end. */
  readonly session?: string
  /** When the person proved who they are; that proof may have been revoked since (`revocations.ts`). */
  readonly provedAt?: number
  /** The second factor that the person used. Without it nothing is written for a person who has one. */
  readonly factor?: ShownFactor
  /** Why a change was refused, for the page that the person opens later. */
  readonly refused?: string
}

/** When the directory took the password, and when a bind with it succeeded; milliseconds since 1970. `null`: not yet. */
export type Verification = { readonly verifiedAt: number | null; readonly writtenAt: number }

/**
 * An attempt to write a password to the source of truth. `reset` and `activation`: chosen in a journey. `change`: chosen with
 * the old password. `freeze`: a random password that nobody knows, which blocks the account. The row is committed before
 * anything is sent to the directory, so that every write that was sent has a row.
 */
export type Attempt = {
  readonly id: string
  readonly kind: 'reset' | 'activation' | 'change' | 'freeze'
  readonly person: PersonId
  readonly journey: string | null
  readonly generation: number
  readonly facts: AttemptFacts
  readonly tries: number
  readonly startedAt: number
}

type AttemptRow = {
  id: string
  kind: string
  person: string
  journey: string | null
  generation: number
  facts: string
  tries: number
  started_at: number
}

const kinds = ['reset', 'activation', 'change', 'freeze'] as const

const kindOf = (stored: string) => kinds.find(kind => kind === stored) ?? 'reset'

const fromRow = (row: AttemptRow): Attempt => ({
  id: row.id,
  kind: kindOf(row.kind),
  person: row.person as PersonId,
  journey: row.journey,
  generation: row.generation,
  facts: JSON.parse(row.facts) as AttemptFacts,
  tries: row.tries,
  startedAt: row.started_at,
})

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
    facts: JSON.stringify({ ...request.facts, leaseHolder } satisfies AttemptFacts),
    lease_until: now + lease,
    tries: 0,
    started_at: now,
    settled_at: null,
  }
  return { attempt: fromRow(row), insert: (tx: Tx) => tx.insertInto('attempts').values(row).execute() }
}

async function assignGeneration(tx: Tx, attempt: Attempt): Promise<Attempt | null> {
  const row = await tx.selectFrom('attempts').select('state').where('id', '=', attempt.id).executeTakeFirst()
  if (row?.state !== 'open') return null
  if (attempt.generation > 0) return attempt
  const generation = await nextGeneration(tx, attempt.person)
  await tx.updateTable('attempts').set({ generation }).where('id', '=', attempt.id).execute()
  return { ...attempt, generation }
}

async function finish({ clock }: Deps, tx: Tx, { id }: Pick<Attempt, 'id'>, state: 'accepted' | 'refused') {
  const finished = await tx
    .updateTable('attempts')
    .set({ state, sealed: null, settled_at: clock.now() })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  return finished.numUpdatedRows === 1n
}

const eraseOthers = ({ clock }: Deps, tx: Tx, person: PersonId, except: string) =>
  tx
    .updateTable('attempts')
    .set({ state: 'refused', sealed: null, settled_at: clock.now() })
    .where('person', '=', person)
    .where('state', '=', 'open')
    .where('id', '!=', except)
    .execute()

const claimAbandoned = ({ store, clock, lease }: Deps) =>
  store.transaction(async tx => {
    const now = clock.now()
    const rows = await tx
      .updateTable('attempts')
      .set(eb => ({ lease_until: now + lease, tries: eb('tries', '+', 1) }))
      .where('id', 'in', eb =>
        eb
          .selectFrom('attempts')
          .select('id')
          .where('state', '=', 'open')
          .where('lease_until', '<=', now)
          .limit(20),
      )
      .where('state', '=', 'open')
      .where('lease_until', '<=', now)
      .returningAll()
      .execute()
    return rows.map(fromRow)
  })

async function releaseAbandoned({ store }: Deps) {
  const open = await store.read.selectFrom('attempts').selectAll().where('state', '=', 'open').execute()
  const abandoned = open.map(fromRow).filter(attempt => hasExited(attempt.facts.leaseHolder))
  if (abandoned.length === 0) return
  await store.transaction(async tx => {
    for (const { id, person } of abandoned) {
      await tx
        .updateTable('attempts')
        .set({ lease_until: 0 })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .execute()
      await releaseAbandonedLock(tx, person)
    }
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
  if (!row?.sealed) return { password: null, isElsewhere: false }
  const password = await rotatingKeys.unseal(row.key_name, sealContext(id), row.sealed)
  return { password, isElsewhere: password === null && !row.key_name.endsWith(`.${rotatingKeys.host}`) }
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
    .set({ facts: JSON.stringify({ ...facts, refused: reason }) })
    .where('id', '=', id)
    .execute()

async function countOpen({ store }: Deps, person: PersonId) {
  const rows = await store.read
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
    /** Seals the password and gives the row to insert. Sealing reads key files, so it is done before the transaction. */
    prepare: (request: AttemptRequest, password: string) =>
      prepare({ ...deps, leaseHolder }, request, password),

    /**
     * Assigns the person's next generation: generations follow the order of writes to the source. Call it in the transaction
     * that acquires the person's lock. `null`: the attempt is no longer open, since a newer one superseded it.
     */
    assignGeneration,

    /** Finishes an open attempt and erases its sealed password in the same statement; false when it was finished already. */
    finish: (tx: Tx, attempt: Pick<Attempt, 'id'>, state: 'accepted' | 'refused') =>
      finish(deps, tx, attempt, state),

    /** Refuses the other open attempts of this person and erases their passwords, since `except` supersedes them. */
    eraseOthers: (tx: Tx, person: PersonId, except: string) => eraseOthers(deps, tx, person, except),

    /** Claims open attempts whose lease has ended, by compare-and-set, so that only one process finishes each. */
    claimAbandoned: () => claimAbandoned(deps),

    /** At a start: ends the leases of killed processes of this host, so that their attempts need not wait. */
    releaseAbandoned: () => releaseAbandoned(deps),

    /** Lets the attempt be claimed again after so many milliseconds. */
    postpone: (attempt: Pick<Attempt, 'id'>, milliseconds: number) => postpone(deps, attempt, milliseconds),
    /** `password`: `null` when its key was destroyed; `isElsewhere`: or when only the host that sealed it can open it. */
    password: (attempt: Pick<Attempt, 'id'>) => passwordOf(deps, attempt),

    /** A change of the password by its owner; `null`: this person has none with that id. `settledAt`: milliseconds since 1970. */
    findChange: (id: string, person: PersonId) => findChange(deps, id, person),

    /** Keeps the reason of a refusal, so that the page can show it after a restart. */
    recordRefusal,

    /** How many writes for this person are not settled yet. */
    countOpen: (person: PersonId) => countOpen(deps, person),
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
