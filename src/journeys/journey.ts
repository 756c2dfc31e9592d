import type { Clock } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import { digestOf } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'

/**
 * What an anonymous person does in steps is a row: any process continues it, its expiry is a property of the row.
 * The browser holds a handle of 192 bits; the row's id is its digest, so the database opens no journey.
 */
export type Journey<State extends { step: string }> = {
  readonly id: string
  readonly version: number
  /** Stable id of the entry, or a keyed digest of what was typed: question, tries and audit hang on it. */
  readonly subject: string
  readonly state: State
  readonly refusals: number
  readonly network: string
  readonly language: Language
  readonly expiresAt: number
}

/** A typed table of moves: what is absent is refused. */
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

/** The engine: a few lines that open, read and move journeys of one kind. */
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
    language: row.language === 'en' ? 'en' : 'fr',
    expiresAt: row.expires_at,
  })

  const columnsOf = (state: State) => {
    const { step, ...facts } = state
    return { state: step, facts: JSON.stringify(facts) }
  }

  /** The person of a state after the proof; a state that names none leaves the row as it was. */
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
          // Whose it is counts from the proof on (`advance`): what the owner does meanwhile ends no journey of somebody
          // who only typed the right date of birth, or that would tell them so.
          person: null,
          refusals: 0,
          network: fresh.network,
          language: fresh.language,
          opened_at: now,
          expires_at: now + limits.journeyIdle,
          ends_at: now + limits.journeyWhole,
        })
        .execute()
      return id
    },

    /** The journey that this handle opens; `null` when there is none or it expired. */
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

    /** Where this handle's journey stands, of whatever kind it is. */
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
     * A move that the table lacks is refused too.
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
            // A value in the text would make each a statement of its own, prepared anew.
            .else(eb.val(now + limits.journeyIdle))
            .end(),
        }))
        .where('id', '=', journey.id)
        .where('version', '=', journey.version)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return moved.numUpdatedRows === 1n
    },

    /** Takes this turn of the step without leaving it: of a form sent twice at once, one is judged. */
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

    /** The same by step alone, for whoever settles a step later and never saw the version. */
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

    /** Counts one refused password; the number so far. */
    countRefusal: async (tx: Tx, journey: { id: string }) => {
      const row = await tx
        .updateTable('journeys')
        .set(eb => ({ refusals: eb('refusals', '+', 1) }))
        .where('id', '=', journey.id)
        .returning('refusals')
        .executeTakeFirst()
      return row?.refusals ?? 0
    },

    /** Ends what else this person has proved, of any kind: the first accepted write wins, and the others are told. */
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

    /** Ends the journeys of this person and of this kind that stand at one of these steps. */
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
