import type { Receipts } from '../../services/receipt/receipt.ts'
import type { PasswordParts } from '../steps/new-password.ts'
import type { StepParts } from '../steps/steps.ts'
import type { Event, State } from './password.ts'

/** What the steps of this journey need of the application; `router.ts` gives it. */
export type Parts = StepParts<State, Event> & PasswordParts & { readonly receipts: Receipts }
