import type { TextKey } from '../texts/texts.ts'

/** The part `x` of the texts `problem.x.do`. */
type NameOf<Key> = Key extends `problem.${infer Name}.do` ? Name : never

/** A fault or refusal that has an error page, declared by the feature that returns it. */
export type ProblemKind = {
  /** Part of its text keys, and the name of its page in `docs/operate/incidents`. */
  readonly name: NameOf<TextKey>
  readonly status: number
  /** It is likely to pass: the page leads back to the same URL instead of the home page. */
  readonly isTransient: boolean
}

export const declareProblem = (
  name: ProblemKind['name'],
  status: number,
  { isTransient = false } = {},
): ProblemKind => ({ name, status, isTransient })

export const badRequest = declareProblem('bad-request', 400)
export const forbidden = declareProblem('forbidden', 403)
export const notFound = declareProblem('not-found', 404)
export const wrongMethod = declareProblem('method', 405)
export const tooLarge = declareProblem('too-large', 413)
export const tooManyTries = declareProblem('too-many', 429)
export const bug = declareProblem('bug', 500)
export const busy = declareProblem('busy', 503, { isTransient: true })
/** The store or its disk takes no writes. The work resumes by itself when it does again. */
export const storeUnavailable = declareProblem('store-unavailable', 503, { isTransient: true })
