import type { Audit } from '../../audit/audit.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { type RouteName, returnRoutes } from '../../routes.ts'
import type { Store, Tx } from '../../store/store.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { Session } from '../sessions/session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { pageOf } from './entering.ts'

export type ConfirmingDeps = {
  readonly store: Store
  readonly audit: Audit
  readonly sessions: Sessions
  readonly knownBrowsers: KnownBrowsers
}

const routeOf = (request: HandlerRequest): RouteName | undefined =>
  Object.hasOwn(returnRoutes, pageOf(request)) ? returnRoutes[pageOf(request)] : undefined

/** What all ways share by which a signed-in person shows again who they are (ASVS 7.5.1). */
export const confirming = ({ store, audit, sessions, knownBrowsers }: ConfirmingDeps) => {
  const signInFirst = (request: HandlerRequest) =>
    redirect(request.href('signInFor', { page: pageOf(request) }))

  return {
    /** Only a page of the account asks for this, and only of somebody who is signed in. */
    guarded:
      (work: (request: HandlerRequest, session: Session) => Promise<HandlerResult>): Handler =>
      async request => {
        if (!routeOf(request)) return problem('not-found')
        const session = await sessions.find(request.cookie('session'))
        return session ? work(request, session) : signInFirst(request)
      },

    /**
     * The session gets a new handle, and the person their page. `proof`: what must hold in the same transaction, and the
     * second factor that it showed.
     */
    renewed: async (
      request: HandlerRequest,
      session: Session,
      proof: (tx: Tx) => Promise<{ readonly factor: ShownFactor | null } | null>,
    ): Promise<HandlerResult> => {
      const { person } = session
      const cookies = await store.transaction(async tx => {
        const proved = await proof(tx)
        const fresh = proved && (await sessions.renew(tx, session, proved))
        if (!fresh) return null
        await audit.append(tx, {
          chain: person,
          kind: 'sign-in.confirmed',
          by: { kind: 'person', id: person },
        })
        return [fresh, await knownBrowsers.remember(tx, person, request)]
      })
      return cookies ? redirect(request.href(routeOf(request) ?? 'account'), cookies) : signInFirst(request)
    },
  }
}
