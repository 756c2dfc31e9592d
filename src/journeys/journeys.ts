import type { Clock } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { Store, Tx } from '../store/store.ts'
import * as activation from './activation/activation.ts'
import * as identifier from './identifier/identifier.ts'
import type { EndingEvent } from './journey.ts'
import { createJourneyStore, endableJourneys, endJourneysOf, provedColumn } from './journey-store.ts'
import * as password from './password/password.ts'
import type { StoppedBecause } from './steps/steps.ts'

/** Why the journeys of a person end. `except`: the id of the journey that goes on. */
export type Ending = {
  readonly event: EndingEvent
  readonly why: StoppedBecause
  readonly except?: string | null
}

/** The tables of all journeys: no state of a journey is stored that its table does not reach. */
export const transitionTables = {
  password: password.transitions,
  identifier: identifier.transitions,
  activation: activation.transitions,
} as const

/** The stored journeys: those of each kind, and what ends the journeys of a person, of any kind. */
export const createJourneyStores = (base: { store: Store; clock: Clock; limits: Limits }) => ({
  password: createJourneyStore<password.State, password.Event>('password', transitionTables.password, base),
  identifier: createJourneyStore<identifier.State, identifier.Event>(
    'identifier',
    transitionTables.identifier,
    base,
  ),
  activation: createJourneyStore<activation.State, activation.Event>(
    'activation',
    transitionTables.activation,
    base,
  ),
  endOfPerson: (tx: Tx, person: PersonId, ending: Ending) =>
    endJourneysOf(transitionTables, tx, person, ending),
  /** What was proved in a journey, for the write that it leads to. */
  provedIn: (db: Store['read'], journey: string) => provedColumn(db, journey),
  /** The journeys of a person, except the given one, that an accepted password ends. */
  endableOfPerson: (db: Store['read'], person: PersonId, except: string | null) =>
    endableJourneys(transitionTables, db, person, { event: 'superseded', except }),
})

export type EndJourneys = ReturnType<typeof createJourneyStores>['endOfPerson']
