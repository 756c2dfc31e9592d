import type { Receipts } from '../../services/receipt/receipt.ts'
import type { PasswordDeps } from '../steps/new-password.ts'
import type { StepDeps } from '../steps/steps.ts'
import type { Event, State } from './password.ts'

/** The dependencies of the steps of this journey, which `journeys.routes.ts` passes. */
export type Deps = StepDeps<State, Event> & PasswordDeps & { readonly receipts: Receipts }
