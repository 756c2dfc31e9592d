import type { NewPasswordStep } from '../steps/new-password.ts'
import { createStepContext } from '../steps/step-context.ts'
import { pages } from './activation.ts'
import type { ActivationDeps } from './deps.ts'

type Deps = Pick<ActivationDeps, 'clock' | 'store' | 'journeys' | 'definition'>

/** Step 2, 50 %: the first password of the account. */
export const createNewPasswordStep = (deps: Deps): NewPasswordStep => {
  const { journeys } = deps
  return {
    ...createStepContext(deps, 'new-password'),
    attemptKind: 'activation',
    step: 2,
    heading: 'activation.password.title',
    pages: { writing: pages.writing, written: pages.joker, stopped: pages.stopped },
    countRefusal: journeys.countRefusal,
    exhausted: (tx, journey) =>
      journeys.advance(tx, journey, 'exhausted', { step: 'stopped', why: 'too-many-refusals' }),
    jokerNext: true,
    submitted: (tx, journey, next) => journeys.advance(tx, journey, 'submitted', next),
  }
}
