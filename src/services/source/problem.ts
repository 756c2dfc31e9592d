import { declareProblem } from '../../web/problems.ts'

/** A write was sent and its outcome is not known yet: the reconciler settles it. */
export const outcomeUnknown = declareProblem('outcome-unknown', 503, { isTransient: true })
