import type { Clock } from '../../clock.ts'
import { type Handler, problem } from '../../web/handler.ts'
import type { StepContext } from './step-context.ts'
import type { WritingState } from './steps.ts'

/** While a write is under way, or was cut: the truth, and nothing to do again. The page of the outcome comes by itself. */
export const createWritingHandler =
  ({ clock }: { readonly clock: Clock }, context: StepContext<WritingState>): Handler =>
  async request => {
    const until = clock.now() + 3000
    for (;;) {
      const at = await context.guard(request)
      if ('redirected' in at) return at.redirected
      if (clock.now() > until) return problem('outcome-unknown', { retryAfter: 10 })
      await clock.sleep(150)
    }
  }
