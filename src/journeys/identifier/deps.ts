import type { StepDeps } from '../steps/steps.ts'
import type { Event, State } from './identifier.ts'

/** The dependencies of the steps of this journey, which `journeys.routes.ts` passes. */
export type Deps = StepDeps<State, Event>
