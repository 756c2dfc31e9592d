import type { Clock } from '../../clock.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Directory, Person } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import { type Session, sessionCookie } from '../../identity/session.ts'
import { openUntil } from '../../identity/session-freshness.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Limits } from '../../limits/limits.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import { returnSlugs } from '../../routes.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { withDoneFromBefore } from '../done.ts'
import { type GuardedSession, guardSession, type Requirement } from './requirement.ts'
import { SessionChanged } from './session-transaction.ts'

/** The session of the request, and the person as the directory has them now. */
export type SignedInUser = { readonly session: GuardedSession; readonly person: Person }

type UserHandler = (request: HandlerRequest, user: SignedInUser) => Promise<HandlerResult>

type Deps = {
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly sessions: Sessions
  readonly directory: Directory
  readonly secondFactor: Pick<SecondFactor, 'of'>
}

const withoutSession = (sessions: Sessions, request: HandlerRequest, page: string) =>
  request.cookie(sessionCookie)
    ? redirect(request.href('sessionEnded', { page }), [sessions.clearedCookie])
    : redirect(request.href('signInFor', { page }))

/** Where the portal may not read when a password expires, what the directory said at the sign-in. */
const withExpiry = (person: Person, { expiry, createdAt }: Session): Person =>
  person.passwordExpiry || !expiry
    ? person
    : { ...person, passwordExpiry: { ...expiry, warnFrom: createdAt } }

/** A session that ended while a change was worked on is answered like one that had ended before. */
async function handleInSession(
  { sessions }: Deps,
  request: HandlerRequest,
  { page, handle }: { page: string; handle: UserHandler },
  user: SignedInUser,
): Promise<HandlerResult> {
  try {
    return await handle(request, user)
  } catch (fault) {
    if (!(fault instanceof SessionChanged)) throw fault
    const now = await sessions.find(request.cookie(sessionCookie))
    return now ? redirect(request.href('confirm', { page })) : withoutSession(sessions, request, page)
  }
}

async function handleSignedIn(
  deps: Deps,
  request: HandlerRequest,
  { page, needs, handle }: { page: string; needs: Requirement; handle: UserHandler },
): Promise<HandlerResult> {
  const { sessions, directory } = deps
  const opened = await sessions.find(request.cookie(sessionCookie))
  if (!opened) return withoutSession(sessions, request, page)
  const found = await directory.read(opened.person)
  if (!found.ok) return problem(directoryUnavailable)
  if (!found.person || found.person.closed)
    return redirect(request.href('signInFor', { page }), [sessions.clearedCookie])
  const session = await guardSession(deps, opened, needs)
  if (!session) return redirect(request.href('confirm', { page }))
  await sessions.touch(session)
  const person = withExpiry(found.person, session)
  const handled = await handleInSession(deps, request, { page, handle }, { session, person })
  const result = withDoneFromBefore(deps.keys, request, session, handled)
  const now = deps.clock.now()
  return result.kind === 'page'
    ? { ...result, session: { until: openUntil(deps.limits, session, now), now } }
    : result
}

/**
 * The guard of all pages of the account. Without a session it redirects to sign-in, with the name of the page to return
 * to and never a URL; with the cookie of an ended session, to the page that says so; with a session that is not fresh
 * enough, to « Confirmez que c'est vous ». Handlers need no check of their own.
 */
export const createAccountGuard =
  (deps: Deps) =>
  (back: keyof typeof returnSlugs, needs: Requirement, handle: UserHandler): Handler =>
  request =>
    handleSignedIn(deps, request, { page: returnSlugs[back], needs, handle })

export type AccountGuard = ReturnType<typeof createAccountGuard>
