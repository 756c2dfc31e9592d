import type { NewPasswordStep } from '../steps/new-password.ts'
import { createStepContext } from '../steps/step-context.ts'
import type { PasswordDeps } from './deps.ts'
import { pages } from './password.ts'

type Deps = Pick<PasswordDeps, 'clock' | 'store' | 'journeys' | 'definition'>

/** Step 3, 75 %: the new password, in this journey. */
export const createNewPasswordStep = (deps: Deps): NewPasswordStep => {
  const { journeys } = deps
  return {
    ...createStepContext(deps, 'new-password'),
    attemptKind: 'reset',
    step: 3,
    heading: 'new.title',
    pages: { writing: pages.writing, written: pages.done, stopped: pages.stopped },
    countRefusal: journeys.countRefusal,
    exhausted: (tx, journey) =>
      journeys.advance(tx, journey, 'exhausted', { step: 'stopped', why: 'too-many-refusals' }),
    jokerNext: false,
    submitted: (tx, journey, next) => journeys.advance(tx, journey, 'submitted', next),
  }
}
