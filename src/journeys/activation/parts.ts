import type { Contacts } from '../../account/contacts.ts'
import type { ActivationCodes } from '../../proofs/activation-code/activation-code.ts'
import type { Codes } from '../../proofs/code/code.ts'
import type { Messages } from '../../proofs/code/messages.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { NewPasswordStep, PasswordDeps } from '../steps/new-password.ts'
import { createStepContext } from '../steps/step-context.ts'
import type { StepDeps } from '../steps/steps.ts'
import { type Event, pages, type State } from './activation.ts'

/** What the steps of this journey need of the application; `router.ts` gives it. */
export type Deps = StepDeps<State, Event> &
  PasswordDeps & {
    readonly receipts: Receipts
    readonly activationCodes: ActivationCodes
    readonly codes: Codes
    readonly contacts: Contacts
    /** Whether codes go to telephones now: else the step of the mobile is left out. */
    readonly messages: Pick<Messages, 'offered' | 'countries'>
    readonly freeQuestions: boolean
  }

/** Step 2, 50 %: the first password, in this journey. */
export const newPasswordStep = (deps: Deps): NewPasswordStep => {
  const { journeys } = deps
  return {
    ...createStepContext(deps, 'new-password'),
    ...{ attemptKind: 'activation', step: 2, heading: 'activation.password.title' },
    pages: { writing: pages.writing, written: pages.joker, stopped: pages.stopped },
    spendRefusal: journeys.spendRefusal,
    exhausted: (tx, journey) =>
      journeys.advance(tx, journey, 'exhausted', { step: 'stopped', why: 'too-many-refusals' }),
    jokerNext: true,
    submitted: (tx, journey, next) => journeys.advance(tx, journey, 'submitted', next),
  }
}
