import type { Clock } from '../../clock.ts'
import { outcomeUnknown } from '../../services/source/problem.ts'
import { type Handler, problem } from '../../web/handler.ts'
import type { StepContext } from './step-context.ts'
import type { WritingState } from './steps.ts'

/**
 * The page while a password write is in progress or was interrupted: it waits up to three seconds, then says that the outcome
 * is unknown. The page of the outcome follows without a new submission.
 */
export const createWritingHandler =
  ({ clock }: { readonly clock: Clock }, context: StepContext<WritingState>): Handler =>
  async request => {
    const until = clock.now() + 3000
    for (;;) {
      const at = await context.guard(request)
      if ('redirected' in at) return at.redirected
      if (clock.now() > until) return problem(outcomeUnknown, { retryAfter: 10 })
      await clock.sleep(150)
    }
  }
