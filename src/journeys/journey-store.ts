import { digestOf } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import type { EndingEvent, Journey, NewJourney, Transitions } from './journey.ts'
import {
  type FoundState,
  type Kind,
  leadsTo,
  type Moved,
  type Provable,
  type ProvedMove,
  type StoreDeps,
} from './journey-kind.ts'
import {
  canEnd,
  columnsOf,
  fromRow,
  journeyTimes,
  ownerIn,
  type Tables,
  withoutProof,
  withProof,
} from './journey-row.ts'

async function open<State extends { step: string }, Event extends string>(
  { kind, transitions, clock, limits }: Kind<State, Event>,
  tx: Tx,
  fresh: NewJourney<State>,
) {
  const [first] = Object.keys(transitions)
  if (fresh.state.step !== first) throw new Error(`a journey of kind ${kind} opens at ${first}`)
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
      // Null for known and unknown people alike, until a proof is given: before, an action of the account's owner must not end the
      // journey, or somebody who only typed a date of birth would learn from it that the date is right.
      person: null,
      proved: withoutProof,
      refusals: 0,
      network: fresh.network,
      language: fresh.language,
      device: fresh.device,
      opened_at: now,
      expires_at: now + limits.journeyIdle,
      ends_at: now + limits.journeyMaxAge,
    })
    .execute()
  return id
}

const notExpired = ({ store, clock }: StoreDeps, handle: string) =>
  store.read.selectFrom('journeys').where('id', '=', digestOf(handle)).where('expires_at', '>', clock.now())

async function find<State extends { step: string }>(
  deps: Kind<State, string>,
  handle: string,
): Promise<Journey<State> | null> {
  const row = await notExpired(deps, handle).selectAll().where('kind', '=', deps.kind).executeTakeFirst()
  return row ? fromRow<State>(row) : null
}

async function findState(deps: StoreDeps, handle: string) {
  const row = await notExpired(deps, handle).select(['kind', 'state as step', 'facts']).executeTakeFirst()
  return row ? { kind: row.kind, step: row.step, chosen: JSON.parse(row.facts).chosen } : null
}

async function advance<State extends { step: string }, Event extends string>(
  deps: Kind<State, Event>,
  tx: Tx,
  journey: Moved<State>,
  { event, next, proved }: { event: Event; next: State; proved?: string },
) {
  if (leadsTo(deps, journey.state.step, event) !== next.step) return false
  const now = deps.clock.now()
  const moved = await tx
    .updateTable('journeys')
    .set(eb => ({
      ...columnsOf(next),
      ...ownerIn(next),
      ...(proved !== undefined && { proved }),
      version: journey.version + 1,
      expires_at: journeyTimes.expiryIn(eb, now + deps.limits.journeyIdle),
    }))
    .where('id', '=', journey.id)
    .where('version', '=', journey.version)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}

/** Keeps the version, so that an open form stays valid. */
async function extend({ clock, limits }: StoreDeps, tx: Tx, { id }: { readonly id: string }) {
  const journeys = tx.selectFrom('journeys').select(['person', 'ends_at', 'expires_at'])
  const row = await journeys.where('id', '=', id).where('expires_at', '>', clock.now()).executeTakeFirst()
  const expires_at = row && journeyTimes.extendedUntil(row, clock.now(), limits)
  if (!expires_at) return
  // By compare-and-set: a step that was accepted meanwhile has set its own time.
  const same = tx.updateTable('journeys').where('id', '=', id).where('expires_at', '=', row.expires_at)
  await same.set({ expires_at }).execute()
}

async function claimSubmission<State extends { step: string }>(
  { clock }: StoreDeps,
  tx: Tx,
  { journey, state }: { readonly journey: Journey<State>; readonly state: State },
): Promise<Journey<State> | null> {
  if (state.step !== journey.state.step) return null
  const taken = await tx
    .updateTable('journeys')
    .set({ version: journey.version + 1, ...columnsOf(state) })
    .where('expires_at', '>', clock.now())
    .where('id', '=', journey.id)
    .where('version', '=', journey.version)
    .executeTakeFirst()
  return taken.numUpdatedRows === 1n ? { ...journey, version: journey.version + 1, state } : null
}

/** The state that follows from the stored one; `null`: the journey is at another step, or of another kind. */
async function stateAfter<State extends { step: string }>(
  { kind }: Pick<Kind<State, string>, 'kind'>,
  tx: Tx,
  id: string,
  { from, nextOf }: { from: State['step']; nextOf: (current: State) => State },
) {
  const row = await tx.selectFrom('journeys').selectAll().where('id', '=', id).executeTakeFirst()
  return row?.state === from && row.kind === kind ? nextOf(fromRow<State>(row).state) : null
}

async function settleStep<State extends { step: string }, Event extends string>(
  deps: Kind<State, Event>,
  tx: Tx,
  id: string,
  { from, event, to }: { from: State['step']; event: Event; to: State | ((current: State) => State) },
) {
  const next = typeof to === 'function' ? await stateAfter(deps, tx, id, { from, nextOf: to }) : to
  if (!next || leadsTo(deps, from, event) !== next.step) return false
  const idleEnd = deps.clock.now() + deps.limits.journeyIdle
  const moved = await tx
    .updateTable('journeys')
    .set(eb => ({
      ...columnsOf(next),
      version: eb('version', '+', 1),
      ...journeyTimes.afterSettling(eb, idleEnd, event),
    }))
    .where('id', '=', id)
    .where('kind', '=', deps.kind)
    .where('state', '=', from)
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}

async function countRefusal<State extends { step: string }>(
  tx: Tx,
  { id, version }: Pick<Journey<State>, 'id' | 'version'>,
  next: State,
) {
  const { state, facts } = columnsOf(next)
  const row = await tx
    .updateTable('journeys')
    .set(eb => ({
      refusals: eb('refusals', '+', 1),
      facts: eb
        .case()
        .when(eb.and([eb('version', '=', version), eb('state', '=', state)]))
        .then(eb.val(facts))
        .else(eb.ref('facts'))
        .end(),
    }))
    .where('id', '=', id)
    .returning('refusals')
    .executeTakeFirst()
  return row?.refusals ?? 0
}

async function countOpen({ clock }: StoreDeps, tx: Tx, network: string) {
  const row = await tx
    .selectFrom('journeys')
    .select(eb => eb.fn.countAll<number>().as('open'))
    .where('network', '=', network)
    .where('ends_at', '>', clock.now())
    .where('expires_at', '>', clock.now())
    .where('state', 'not in', ['done', 'stopped'])
    .executeTakeFirst()
  return Number(row?.open ?? 0)
}

/** What was proved in a journey, as its row has it; `null`: there is no such journey. */
export const provedColumn = (db: Store['read'], journey: string) =>
  db.selectFrom('journeys').select('proved').where('id', '=', journey).$asScalar()

/** The journeys of a person that `endJourneysOf` would end. */
export const endableJourneys = (
  tables: Tables,
  db: Store['read'],
  person: PersonId,
  { event, except }: { readonly event: EndingEvent; readonly except: string | null },
) =>
  db
    .selectFrom('journeys')
    .select('id')
    .where('person', '=', person)
    .where(canEnd(tables, event))
    .where('id', '!=', except ?? '')

/**
 * Ends the proved journeys of a person, of every kind and at every step whose table has this event, in one statement. Returns how
 * many ended.
 */
export async function endJourneysOf(
  tables: Tables,
  tx: Tx,
  person: PersonId,
  ending: { readonly event: EndingEvent; readonly why: string; readonly except?: string | null },
) {
  const ended = await tx
    .updateTable('journeys')
    .set(eb => ({ ...columnsOf({ step: 'stopped', why: ending.why }), version: eb('version', '+', 1) }))
    .where('person', '=', person)
    .where(canEnd(tables, ending.event))
    .where('id', '!=', ending.except ?? '')
    .executeTakeFirst()
  return Number(ended.numUpdatedRows)
}

/** Opens, reads and moves the journeys of one kind. */
export const createJourneyStore = <State extends { step: string }, Event extends string>(
  kind: string,
  transitions: Transitions<State['step'], Event>,
  storeDeps: StoreDeps,
) => {
  const deps = { ...storeDeps, kind, transitions }
  return {
    open: (tx: Tx, fresh: NewJourney<State>) => open(deps, tx, fresh),

    /** The journey of this handle; `null` when there is none of this kind or it expired. */
    find: (handle: string): Promise<Journey<State> | null> => find(deps, handle),

    /** Kind and current step of this handle's journey; `null` when there is none or it expired. */
    findState: (handle: string): Promise<FoundState | null> => findState(deps, handle),

    /**
     * Moves by compare-and-set on the version: of two requests for one step, one wins and the other gets `false`.
     * A transition that is not in the table is refused too.
     */
    advance: (tx: Tx, journey: Moved<State>, event: Event, next: State) =>
      advance(deps, tx, journey, { event, next }),

    /**
     * `advance` after a right answer: the only way into the set of what was proved. It is written by the compare-and-set that moves the
     * journey, so the answer of a request that lost counts for nothing.
     */
    prove: (tx: Tx, journey: Provable<State>, { kind: proof, at, event, next }: ProvedMove<State, Event>) =>
      advance(deps, tx, journey, { event, next, proved: withProof(journey.proved, proof, at) }),

    /** Gives a journey that is open the time of an accepted step, within its longest time. */
    extend: (tx: Tx, journey: { readonly id: string }) => extend(deps, tx, journey),

    /** Claims the version without leaving the step: of one form sent twice at once a single request is judged; `null`: the other. */
    claimSubmission: <S extends State>(tx: Tx, journey: Journey<S>, state: S) =>
      claimSubmission(deps, tx, { journey, state }),

    /**
     * `advance` for a job that settles a step later and does not know the version: it compares the step only. `to`: the next
     * state, or how it follows from the present one, which is then read.
     */
    settleStep: (
      tx: Tx,
      id: string,
      from: State['step'],
      event: Event,
      to: State | ((current: State) => State),
    ) => settleStep(deps, tx, id, { from, event, to }),

    /** Counts a refused password and returns the number so far. `next`: the same step, unless another request moved the journey. */
    countRefusal,

    /** How many journeys of this network are open, of any kind. */
    countOpen: (tx: Tx, network: string) => countOpen(deps, tx, network),
  }
}

export type Journeys<State extends { step: string }, Event extends string> = ReturnType<
  typeof createJourneyStore<State, Event>
>

export const journeyRetention: RetentionOf<'journeys'> = {
  journeys: (tx, now, limits) =>
    tx
      .deleteFrom('journeys')
      .where('ends_at', '<', now - limits.purgeJourneys)
      .execute(),
}
