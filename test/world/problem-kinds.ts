import { directoryUnavailable } from '../../src/directory/problem.ts'
import { identityServerUnavailable } from '../../src/identity-server/problem.ts'
import { outcomeUnknown } from '../../src/services/source/problem.ts'
import * as web from '../../src/web/problems.ts'

const { declareProblem: _, ...ofWeb } = web

/** Every problem that the product declares; `architecture.test.ts` holds that none is missing. */
export const problemKinds = [
  ...Object.values(ofWeb),
  directoryUnavailable,
  identityServerUnavailable,
  outcomeUnknown,
]
