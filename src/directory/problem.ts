import { declareProblem } from '../web/problems.ts'

/** The directory did not answer in time, or refused the service account. */
export const directoryUnavailable = declareProblem('directory-unavailable', 503, { isTransient: true })
