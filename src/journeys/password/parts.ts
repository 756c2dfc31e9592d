import type { PasswordRules } from '../../password/password.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { Attempts } from '../../services/source/attempts.ts'
import type { Source } from '../../services/source/source.ts'
import type { AtStep } from '../steps/guard.ts'
import type { StepParts } from '../steps/steps.ts'
import type { Event, State, Step } from './password.ts'

/** What the steps of this journey need of the house; `site.ts` gives it. */
export type Parts = StepParts<State, Event> & {
  readonly rules: PasswordRules
  readonly attempts: Attempts
  readonly source: Source
  readonly receipts: Receipts
  readonly charterVersion: string
}

export type At<S extends Step> = AtStep<State, S>
