import type { StepDeps } from '../steps/steps.ts'
import type { Event, State } from './identifier.ts'

/** What the steps of this journey use, by name: each picks its own. */
export type IdentifierDeps = StepDeps<State, Event>
