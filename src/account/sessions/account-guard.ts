import type { Directory, Person } from '../../directory/directory.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import { returnSlugs } from '../../routes.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'

/** Who stands before a page of the account: the session, and the entry as the directory has it now. */
export type SignedInUser = { readonly session: Session; readonly person: Person }

type Work = (request: HandlerRequest, user: SignedInUser) => Promise<HandlerResult>

/**
 * `fresh`: what could take the account away from its owner asks for a recent sign-in (ASVS 7.5.1), and for a recent second
 * factor of whoever has one. `factor`: only for the latter, where the old password is asked for besides.
 */
type Needs = 'session' | 'factor' | 'fresh'

type Deps = {
  readonly sessions: Sessions
  readonly directory: Directory
  readonly secondFactor: Pick<SecondFactor, 'of'>
}

/**
 * One guard for all pages of the account: whoever has no session signs in and comes back, by the name of the page and
 * never by an address; whoever held one that is over is told so first; whoever has an old one proves again who they are. No handler asks again.
 */
export const createAccountGuard =
  ({ sessions, directory, secondFactor }: Deps) =>
  (back: keyof typeof returnSlugs, needs: Needs, work: Work): Handler => {
    const page = returnSlugs[back]

    const withoutSession = (request: HandlerRequest) =>
      request.cookie('session')
        ? redirect(request.href('sessionEnded', { page }), [sessions.clearedCookie])
        : redirect(request.href('signInFor', { page }))

    /** A session that a password opened before the factor was there is held to it from that moment on. */
    const proved = async (session: Session) => {
      if (needs === 'session') return true
      if (needs === 'fresh' && !sessions.isFresh(session)) return false
      return sessions.freshFactor(session) !== null || !isAsked(await secondFactor.of(session.person))
    }

    return async request => {
      const session = await sessions.find(request.cookie('session'))
      if (!session) return withoutSession(request)
      const found = await directory.read(session.person)
      if (!found.ok) return problem('directory-unavailable')
      if (!found.person || found.person.ended)
        return redirect(request.href('signInFor', { page }), [sessions.clearedCookie])
      if (!(await proved(session))) return redirect(request.href('confirm', { page }))
      await sessions.touch(session)
      return work(request, { session, person: found.person })
    }
  }

export type AccountGuard = ReturnType<typeof createAccountGuard>
