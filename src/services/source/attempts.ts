import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { newId } from '../../keys.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { Store, Tx } from '../../store/store.ts'
import { currentOwner, hasExited } from './owner.ts'
import type { RotatingKeys } from './rotating-keys.ts'

/** What acceptance must record, kept with the attempt so that a start-up can finish what a killed process began. */
export type AttemptFacts = {
  /** The process that writes (see `owner.ts`). */
  readonly owner: string
  readonly language: 'fr' | 'en'
  readonly historyHash: string
  readonly charterVersion: string | null
  /** Digest of the handle under which the person reads the receipt. */
  readonly receipt?: string
  /** The session that goes on after a change; every other ends. */
  readonly session?: string
  /** When the person proved who they are: what was shown then may be revoked since (`revocations.ts`). */
  readonly provedAt?: number
  /** The second factor that the person showed for this; without it nothing is written for whoever has one. */
  readonly factor?: ShownFactor
}

/**
 * `reset`: a person chose a password in a journey. `change`: with the old one. `freeze`: nobody knows it; it is written to shut the account.
 * The row is committed before the directory hears of it: what was sent is never forgotten.
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

const kindOf = (held: string) => kinds.find(kind => kind === held) ?? 'reset'

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

export const createAttempts = (deps: {
  store: Store
  clock: Clock
  rotatingKeys: RotatingKeys
  lease: number
}) => {
  const { store, clock, rotatingKeys, lease } = deps
  const owner = currentOwner()

  return {
    /** The row to insert: sealing touches the disk, so it is done before the transaction. */
    prepare: async (
      order: Pick<Attempt, 'kind' | 'person' | 'journey'> & { facts: Omit<AttemptFacts, 'owner'> },
      password: string,
    ) => {
      const id = newId()
      const sealed = await rotatingKeys.seal(sealContext(id), password)
      const now = clock.now()
      const row = {
        id,
        kind: order.kind,
        state: 'open',
        person: order.person,
        journey: order.journey,
        generation: 0,
        ...sealed,
        facts: JSON.stringify({ ...order.facts, owner } satisfies AttemptFacts),
        lease_until: now + lease,
        tries: 0,
        started_at: now,
        settled_at: null,
      }
      return { attempt: fromRow(row), insert: (tx: Tx) => tx.insertInto('attempts').values(row).execute() }
    },

    /**
     * The next generation of this person, in the order of the source's writes: call it in the transaction that takes the
     * person's lock. `null`: the attempt is no longer open, a newer order stands above it.
     */
    number: async (tx: Tx, attempt: Attempt): Promise<Attempt | null> => {
      const row = await tx
        .selectFrom('attempts')
        .select('state')
        .where('id', '=', attempt.id)
        .executeTakeFirst()
      if (row?.state !== 'open') return null
      if (attempt.generation > 0) return attempt
      const { generation } = await tx
        .updateTable('people')
        .set(eb => ({ generation: eb('generation', '+', 1) }))
        .where('person', '=', attempt.person)
        .returning('generation')
        .executeTakeFirstOrThrow()
      await tx.updateTable('attempts').set({ generation }).where('id', '=', attempt.id).execute()
      return { ...attempt, generation }
    },

    /** Ends an open attempt once; the sealed password is erased in the same statement. */
    settle: async (tx: Tx, attempt: Pick<Attempt, 'id'>, state: 'accepted' | 'refused') => {
      const settled = await tx
        .updateTable('attempts')
        .set({ state, sealed: null, settled_at: clock.now() })
        .where('id', '=', attempt.id)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return settled.numUpdatedRows === 1n
    },

    /** Erases what waits for this person, but for one attempt: a newer order stands above. */
    eraseOthers: (tx: Tx, person: PersonId, except: string) =>
      tx
        .updateTable('attempts')
        .set({ state: 'refused', sealed: null, settled_at: clock.now() })
        .where('person', '=', person)
        .where('state', '=', 'open')
        .where('id', '!=', except)
        .execute(),

    /** Open attempts whose process let go, each claimed by compare-and-set: two processes settle each once. */
    claimAbandoned: () =>
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
      }),

    /** At a start: what a killed process of this host left open need not wait for its lease to run out. */
    releaseAbandoned: async () => {
      const open = await store.read.selectFrom('attempts').selectAll().where('state', '=', 'open').execute()
      const gone = open.map(fromRow).filter(attempt => hasExited(attempt.facts.owner))
      if (gone.length === 0) return
      await store.transaction(async tx => {
        for (const { id, person } of gone) {
          await tx
            .updateTable('attempts')
            .set({ lease_until: 0 })
            .where('id', '=', id)
            .where('state', '=', 'open')
            .execute()
          const { lock_holder } = (await tx
            .selectFrom('people')
            .select('lock_holder')
            .where('person', '=', person)
            .executeTakeFirst()) ?? { lock_holder: null }
          if (lock_holder && hasExited(lock_holder))
            await tx
              .updateTable('people')
              .set({ lock_holder: null, lock_until: 0 })
              .where('person', '=', person)
              .where('lock_holder', '=', lock_holder)
              .execute()
        }
      })
    },

    /** Tries again later. */
    postpone: (attempt: Pick<Attempt, 'id'>, milliseconds: number) =>
      store.transaction(tx =>
        tx
          .updateTable('attempts')
          .set({ lease_until: clock.now() + milliseconds })
          .where('id', '=', attempt.id)
          .where('state', '=', 'open')
          .execute(),
      ),

    password: async (attempt: Pick<Attempt, 'id'>) => {
      const row = await store.read
        .selectFrom('attempts')
        .select(['sealed', 'epoch'])
        .where('id', '=', attempt.id)
        .executeTakeFirst()
      return row?.sealed ? rotatingKeys.unseal(row.epoch, sealContext(attempt.id), row.sealed) : null
    },

    keysInUse: async () => {
      const rows = await store.read
        .selectFrom('attempts')
        .select('epoch')
        .distinct()
        .where('state', '=', 'open')
        .execute()
      return new Set(rows.map(row => row.epoch))
    },
  }
}

export type Attempts = ReturnType<typeof createAttempts>
