import type { Audit } from '../../audit/audit.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { type RouteName, returnRoutes } from '../../routes.ts'
import type { Store, Tx } from '../../store/store.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { Session } from '../sessions/session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { pageOf } from './entering.ts'

export type ConfirmingParts = {
  readonly store: Store
  readonly audit: Audit
  readonly sessions: Sessions
  readonly knownBrowsers: KnownBrowsers
}

const routeOf = (ask: Ask): RouteName | undefined =>
  Object.hasOwn(returnRoutes, pageOf(ask)) ? returnRoutes[pageOf(ask)] : undefined

/** What all ways share by which a signed-in person shows again who they are (ASVS 7.5.1). */
export const confirming = ({ store, audit, sessions, knownBrowsers }: ConfirmingParts) => {
  const signInFirst = (ask: Ask) => go(ask.href('signInFor', { page: pageOf(ask) }))

  return {
    /** Only a page of the account asks for this, and only of somebody who is signed in. */
    guarded:
      (work: (ask: Ask, session: Session) => Promise<Answer>): Handler =>
      async ask => {
        if (!routeOf(ask)) return problem('not-found')
        const session = await sessions.find(ask.cookie('session'))
        return session ? work(ask, session) : signInFirst(ask)
      },

    /**
     * The session gets a new handle, and the person their page. `proof`: what must hold in the same transaction, and the
     * second factor that it showed.
     */
    renewed: async (
      ask: Ask,
      session: Session,
      proof: (tx: Tx) => Promise<{ readonly factor: ShownFactor | null } | null>,
    ): Promise<Answer> => {
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
        return [fresh, await knownBrowsers.remember(tx, person, ask)]
      })
      return cookies ? go(ask.href(routeOf(ask) ?? 'account'), cookies) : signInFirst(ask)
    },
  }
}
