import type { PasswordStand } from '../steps/new-password.ts'
import { standIn } from '../steps/place.ts'
import type { Parts } from './parts.ts'
import { pages } from './password.ts'

/** Step 3, 75 %: the new password, in this journey. */
export const passwordStand = (parts: Parts): PasswordStand => {
  const { journeys } = parts
  return {
    ...standIn(parts, 'new-password'),
    ...{ order: 'reset', step: 3, heading: 'new.title' },
    pages: { writing: pages.writing, written: pages.done, over: pages.over },
    spendRefusal: journeys.spendRefusal,
    exhausted: (tx, journey) =>
      journeys.advance(tx, journey, 'exhausted', { step: 'over', why: 'too-many-refusals' }),
    jokerNext: false,
    submitted: (tx, journey, next) => journeys.advance(tx, journey, 'submitted', next),
  }
}
