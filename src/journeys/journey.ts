import type { Clock } from '../clock.ts'
import { digestOf } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import { type Language, storedLanguage } from '../texts/texts.ts'

/**
 * A journey of an anonymous person is one row of the store, so any process can serve its next step; the row has its own
 * expiry. The browser has a handle of 192 bits and the row's id is its digest, so a reader of the database cannot continue
 * a journey.
 */
export type Journey<State extends { step: string }> = {
  readonly id: string
  readonly version: number
  /**
   * The stable id of the entry when the typed date of birth is the entry's, otherwise a keyed digest of the typed date with the
   * entry or the typed number (`steps/subject.ts`). The joker's question, its tries and the audit use it.
   */
  readonly subject: string
  readonly state: State
  readonly refusals: number
  readonly network: string
  readonly language: Language
  readonly expiresAt: number
}

/** Transition table of a journey. A transition that is absent is refused. */
export type Transitions<Step extends string, Event extends string> = {
  readonly [step in Step]: { readonly [event in Event]?: Step }
}

export type NewJourney<State> = {
  readonly handle: string
  readonly subject: string
  readonly state: State
  readonly network: string
  readonly language: Language
}

type Row = { id: string; state: string; version: number; facts: string; subject: string; refusals: number }
type FullRow = Row & { network: string; language: string; expires_at: number }

/** Opens, reads and moves the journeys of one kind. */
export const createJourneys = <State extends { step: string }, Event extends string>(
  kind: string,
  transitions: Transitions<State['step'], Event>,
  deps: { store: Store; clock: Clock; limits: Limits },
) => {
  const { store, clock, limits } = deps

  const fromRow = (row: FullRow): Journey<State> => ({
    id: row.id,
    version: row.version,
    subject: row.subject,
    state: { step: row.state, ...JSON.parse(row.facts) } as State,
    refusals: row.refusals,
    network: row.network,
    language: storedLanguage(row.language),
    expiresAt: row.expires_at,
  })

  const columnsOf = (state: State) => {
    const { step, ...facts } = state
    return { state: step, facts: JSON.stringify(facts) }
  }

  /** The person of a state after the proof. A state without a person leaves the column unchanged. */
  const ownerIn = (state: State) =>
    'person' in state && typeof state.person === 'string' ? { person: state.person } : {}

  return {
    open: async (tx: Tx, fresh: NewJourney<State>) => {
      const now = clock.now()
      const id = digestOf(fresh.handle)
      await tx
        .insertInto('journeys')
        .values({
          id,
          kind,
          ...columnsOf(fresh.state),
          version: 1,
          subject: fresh.subject,
          // Null for known and unknown people alike. `advance` sets the person once the proof is given. Before the proof, an
          // action of the account's owner must not end the journey: somebody who only typed a date of birth would learn from
          // it that the date is right.
          person: null,
          refusals: 0,
          network: fresh.network,
          language: fresh.language,
          opened_at: now,
          expires_at: now + limits.journeyIdle,
          ends_at: now + limits.journeyMaxAge,
        })
        .execute()
      return id
    },

    /** The journey of this handle; `null` when there is none of this kind or it expired. */
    find: async (handle: string): Promise<Journey<State> | null> => {
      const row = await store.read
        .selectFrom('journeys')
        .selectAll()
        .where('id', '=', digestOf(handle))
        .where('kind', '=', kind)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      return row ? fromRow(row) : null
    },

    /** Kind and current step of this handle's journey; `null` when there is none or it expired. */
    findState: async (handle: string): Promise<{ kind: string; step: string } | null> => {
      const row = await store.read
        .selectFrom('journeys')
        .select(['kind', 'state'])
        .where('id', '=', digestOf(handle))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      return row ? { kind: row.kind, step: row.state } : null
    },

    /**
     * Moves by compare-and-set on the version: of two requests for one step, one wins and the other gets `false`.
     * A transition that is not in the table is refused too.
     */
    advance: async (
      tx: Tx,
      journey: Pick<Journey<State>, 'id' | 'version' | 'state'>,
      event: Event,
      next: State,
    ) => {
      const table: { readonly [event in Event]?: State['step'] } =
        transitions[journey.state.step as State['step']]
      if (table[event] !== next.step) return false
      const now = clock.now()
      const moved = await tx
        .updateTable('journeys')
        .set(eb => ({
          ...columnsOf(next),
          ...ownerIn(next),
          version: journey.version + 1,
          expires_at: eb
            .case()
            .when('ends_at', '<', now + limits.journeyIdle)
            .then(eb.ref('ends_at'))
            // As a parameter: a literal in the SQL would make each statement different, to be prepared again.
            .else(eb.val(now + limits.journeyIdle))
            .end(),
        }))
        .where('id', '=', journey.id)
        .where('version', '=', journey.version)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return moved.numUpdatedRows === 1n
    },

    /**
     * Claims the version without leaving the step: of one form sent twice at once, a single request is judged; `null`
     * for the other.
     */
    claimSubmission: async <S extends State>(
      tx: Tx,
      journey: Journey<S>,
      state: S,
    ): Promise<Journey<S> | null> => {
      const version = journey.version + 1
      const taken = await tx
        .updateTable('journeys')
        .set({ version, ...columnsOf(state) })
        .where('id', '=', journey.id)
        .where('version', '=', journey.version)
        .executeTakeFirst()
      return taken.numUpdatedRows === 1n ? { ...journey, version, state } : null
    },

    /** `advance` for a job that settles a step later and does not know the version: it compares the step only. */
    settleStep: async (
      tx: Tx,
      id: string,
      from: State['step'],
      event: Event,
      nextOf: (current: State) => State,
    ) => {
      const row = await tx.selectFrom('journeys').selectAll().where('id', '=', id).executeTakeFirst()
      if (row?.state !== from) return false
      const next = nextOf(fromRow(row).state)
      const table: { readonly [event in Event]?: State['step'] } = transitions[from]
      if (table[event] !== next.step) return false
      const now = clock.now()
      const moved = await tx
        .updateTable('journeys')
        .set(eb => ({
          ...columnsOf(next),
          version: eb('version', '+', 1),
          expires_at: now + limits.journeyIdle,
        }))
        .where('id', '=', id)
        .where('state', '=', from)
        .executeTakeFirst()
      return moved.numUpdatedRows === 1n
    },

    /** Counts one refused password and returns the number so far. */
    countRefusal: async (tx: Tx, journey: { id: string }) => {
      const row = await tx
        .updateTable('journeys')
        .set(eb => ({ refusals: eb('refusals', '+', 1) }))
        .where('id', '=', journey.id)
        .returning('refusals')
        .executeTakeFirst()
      return row?.refusals ?? 0
    },

    /**
     * Ends the other proved journeys of this person, of any kind: the first accepted write wins, and the pages of the
     * others say so. Returns how many ended.
     */
    endOthers: async (
      tx: Tx,
      person: PersonId,
      except: string | null,
      stopped: State,
      spared: readonly State['step'][],
    ) => {
      const ended = await tx
        .updateTable('journeys')
        .set(eb => ({ ...columnsOf(stopped), version: eb('version', '+', 1) }))
        .where('person', '=', person)
        .where('state', 'not in', spared)
        .where('id', '!=', except ?? '')
        .executeTakeFirst()
      return Number(ended.numUpdatedRows)
    },

    /** Ends the journeys of this person and of this kind whose current step is one of these. */
    endAt: async (tx: Tx, person: PersonId, steps: readonly State['step'][], stopped: State) => {
      await tx
        .updateTable('journeys')
        .set(eb => ({ ...columnsOf(stopped), version: eb('version', '+', 1) }))
        .where('person', '=', person)
        .where('kind', '=', kind)
        .where('state', 'in', steps)
        .execute()
    },

    countOpen: async (tx: Tx, network: string) => {
      const row = await tx
        .selectFrom('journeys')
        .select(eb => eb.fn.countAll<number>().as('open'))
        .where('network', '=', network)
        .where('ends_at', '>', clock.now())
        .where('expires_at', '>', clock.now())
        .where('state', 'not in', ['done', 'stopped'])
        .executeTakeFirst()
      return Number(row?.open ?? 0)
    },
  }
}

export type Journeys<State extends { step: string }, Event extends string> = ReturnType<
  typeof createJourneys<State, Event>
>

export const journeyRetention: RetentionOf<'journeys'> = {
  journeys: (tx, now, limits) =>
    tx
      .deleteFrom('journeys')
      .where('ends_at', '<', now - limits.purgeJourneys)
      .execute(),
}
