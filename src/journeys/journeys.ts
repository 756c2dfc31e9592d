import type { Clock } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import type { Store } from '../store/store.ts'
import * as activation from './activation/activation.ts'
import * as identifier from './identifier/identifier.ts'
import { createJourneys } from './journey.ts'
import * as password from './password/password.ts'

/** The stored journeys of each kind. */
export const createJourneyStores = (base: { store: Store; clock: Clock; limits: Limits }) => ({
  password: createJourneys<password.State, password.Event>('password', password.transitions, base),
  identifier: createJourneys<identifier.State, identifier.Event>('identifier', identifier.transitions, base),
  activation: createJourneys<activation.State, activation.Event>('activation', activation.transitions, base),
})
