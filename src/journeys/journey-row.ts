import type { ExpressionBuilder } from 'kysely'
import type { Limits } from '../limits/limits.ts'
import type { Schema } from '../store/schema.ts'
import { storedLanguage } from '../texts/texts.ts'
import type { EndingEvent, Journey, Proved, Transitions } from './journey.ts'

type Row = {
  id: string
  state: string
  version: number
  facts: string
  proved: string
  subject: string
  refusals: number
}
type FullRow = Row & { network: string; language: string; device: string; expires_at: number }

/** The set of a row; of no row nothing was proved. */
const provedIn = (stored: string | null | undefined): Proved =>
  new Map(Object.entries(JSON.parse(stored ?? withoutProof) as Record<string, number>))

/** The column of a journey that opens. */
export const withoutProof = '{}'

/** The column with one more proof. One that is given again keeps its first time: giving it again must not move that past a revocation. */
export const withProof = (proved: Proved, kind: string, at: number) =>
  JSON.stringify(Object.fromEntries([[kind, at], ...proved]))

/** The journey of a row. */
export const fromRow = <State extends { step: string }>(row: FullRow): Journey<State> => ({
  id: row.id,
  version: row.version,
  subject: row.subject,
  state: { step: row.state, ...JSON.parse(row.facts) } as State,
  proved: provedIn(row.proved),
  refusals: row.refusals,
  network: row.network,
  language: storedLanguage(row.language),
  device: row.device,
  expiresAt: row.expires_at,
})

/** The columns of a state. */
export function columnsOf<State extends { step: string }>(state: State) {
  const { step, ...facts } = state
  return { state: step, facts: JSON.stringify(facts) }
}

/** When a journey ends that is left alone until `idleEnd`: never after its longest time. */
const expiryIn = (eb: ExpressionBuilder<Schema, 'journeys'>, idleEnd: number) =>
  eb
    .case()
    .when('ends_at', '<', idleEnd)
    .then(eb.ref('ends_at'))
    // As a parameter: a literal in the SQL would make each statement different, to be prepared again.
    .else(eb.val(idleEnd))
    .end()

/**
 * When a journey ends whose person asks for more time; `null`: no later than now. Before a proof it stays open for half of the
 * longest time: anybody may open and extend one, and those of a network are counted.
 */
function extendedUntil(
  row: { readonly person: string | null; readonly ends_at: number; readonly expires_at: number },
  now: number,
  { journeyIdle, journeyMaxAge }: Limits,
) {
  const last = row.person === null ? row.ends_at - journeyMaxAge / 2 : row.ends_at
  const until = Math.min(now + journeyIdle, last)
  return until > row.expires_at ? until : null
}

/**
 * The times of a journey whose write is settled. What was carried out can be read, and its next step taken, however long the journey
 * lasted, so the cookie outlives the journey by `journeyIdle`. What was not carried out gains no time.
 */
function afterSettling(eb: ExpressionBuilder<Schema, 'journeys'>, idleEnd: number, event: string) {
  if (event !== 'written') return { expires_at: expiryIn(eb, idleEnd) }
  const ends_at = eb.case().when('ends_at', '<', idleEnd).then(eb.val(idleEnd)).else(eb.ref('ends_at')).end()
  return { expires_at: idleEnd, ends_at }
}

export const journeyTimes = { expiryIn, extendedUntil, afterSettling }

/** The person of a state after the proof. A state without a person leaves the column unchanged. */
export const ownerIn = (state: object) =>
  'person' in state && typeof state.person === 'string' ? { person: state.person } : {}

/** The steps at which this event ends a journey. */
const stepsEndedBy = (transitions: Transitions<string, string>, event: EndingEvent) =>
  Object.entries(transitions).flatMap(([step, events]) => (events[event] === 'stopped' ? [step] : []))

export type Tables = Readonly<Record<string, Transitions<string, string>>>

/** The condition on a journey that this event can end, of any kind. */
export const canEnd = (tables: Tables, event: EndingEvent) => (eb: ExpressionBuilder<Schema, 'journeys'>) =>
  eb.or(
    Object.entries(tables)
      .map(([kind, transitions]) => ({ kind, at: stepsEndedBy(transitions, event) }))
      .filter(({ at }) => at.length > 0)
      .map(({ kind, at }) => eb.and([eb('kind', '=', kind), eb('state', 'in', at)])),
  )
