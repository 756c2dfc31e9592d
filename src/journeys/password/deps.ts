import type { Receipts } from '../../services/receipt/receipt.ts'
import type { StepDeps } from '../steps/steps.ts'
import type { Event, State } from './password.ts'

/** What the steps of this journey use, by name: each picks its own. */
export type PasswordDeps = StepDeps<State, Event> & { readonly receipts: Receipts }
