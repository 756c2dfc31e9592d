import type { Contacts } from '../../account/contacts.ts'
import type { ActivationCodes } from '../../proofs/activation-code/activation-code.ts'
import type { Codes } from '../../proofs/code/code.ts'
import type { Messages } from '../../proofs/code/messages.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { PasswordParts, PasswordStand } from '../steps/new-password.ts'
import { standIn } from '../steps/place.ts'
import type { StepParts } from '../steps/steps.ts'
import { type Event, pages, type State } from './activation.ts'

/** What the steps of this journey need of the application; `router.ts` gives it. */
export type Parts = StepParts<State, Event> &
  PasswordParts & {
    readonly receipts: Receipts
    readonly activationCodes: ActivationCodes
    readonly codes: Codes
    readonly contacts: Contacts
    /** Whether codes go to telephones now: else the step of the mobile is left out. */
    readonly messages: Pick<Messages, 'offered' | 'countries'>
    readonly freeQuestions: boolean
  }

/** Step 2, 50 %: the first password, in this journey. */
export const passwordStand = (parts: Parts): PasswordStand => {
  const { journeys } = parts
  return {
    ...standIn(parts, 'new-password'),
    ...{ order: 'activation', step: 2, heading: 'activation.password.title' },
    pages: { writing: pages.writing, written: pages.joker, over: pages.over },
    spendRefusal: journeys.spendRefusal,
    exhausted: (tx, journey) =>
      journeys.advance(tx, journey, 'exhausted', { step: 'over', why: 'too-many-refusals' }),
    jokerNext: true,
    submitted: (tx, journey, next) => journeys.advance(tx, journey, 'submitted', next),
  }
}
