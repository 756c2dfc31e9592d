import { declareProblem } from '../web/problems.ts'

/** The institution’s server did not answer in time, or not as its protocol says. */
export const identityServerUnavailable = declareProblem('identity-unavailable', 503, { isTransient: true })
