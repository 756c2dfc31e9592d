import type { Audit } from '../../audit/audit.ts'
import type { KnownBrowsers } from '../../identity/known-browsers.ts'
import { type Session, sessionCookie } from '../../identity/session.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { type RouteName, returnRoutes } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { notFound } from '../../web/problems.ts'
import type { SessionForms } from '../sessions/refused-forms.ts'
import { returnNameOf } from './complete-sign-in.ts'

/** Shared by every method of « Confirmez que c'est vous », which asks a signed-in person for a fresh proof (ASVS 7.5.1). */
export type SessionConfirmationDeps = {
  readonly store: Store
  readonly audit: Audit
  readonly sessions: Sessions
  readonly knownBrowsers: KnownBrowsers
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly sessionForms: SessionForms
}

const returnRouteOf = (request: HandlerRequest): RouteName | undefined =>
  Object.hasOwn(returnRoutes, returnNameOf(request)) ? returnRoutes[returnNameOf(request)] : undefined

const signInFirst = (request: HandlerRequest) =>
  redirect(request.href('signInFor', { page: returnNameOf(request) }))

/** 404 unless a page of the account asks for the confirmation; redirects to sign-in without a session. */
export const withSession =
  (
    { sessions }: Pick<SessionConfirmationDeps, 'sessions'>,
    work: (request: HandlerRequest, session: Session) => Promise<HandlerResult>,
  ): Handler =>
  async request => {
    if (!returnRouteOf(request)) return problem(notFound)
    const session = await sessions.find(request.cookie(sessionCookie))
    return session ? work(request, session) : signInFirst(request)
  }

/**
 * Gives the session a new handle and redirects to the page that asked. `prove` runs in the same transaction: it
 * returns the second factor that was shown, or `null` when the proof failed.
 */
export async function renewSession(
  { store, audit, sessions, knownBrowsers, revocations }: SessionConfirmationDeps,
  request: HandlerRequest,
  { session, story }: { readonly session: Session; readonly story?: string },
  prove: (tx: Tx) => Promise<{ readonly factor: ShownFactor | null } | null>,
): Promise<HandlerResult> {
  const { person } = session
  const cookies = await store.transaction(async tx => {
    await revocations.lockPersonRow(tx, person)
    const proved = await prove(tx)
    const renewed = proved && (await sessions.renew(tx, session, proved))
    if (!renewed) return null
    await audit.append(tx, {
      chain: person,
      kind: 'sign-in.confirmed',
      by: { kind: 'person', id: person },
      details: { device: request.device, ...(story && { story }) },
    })
    return [renewed, await knownBrowsers.remember(tx, person, request)]
  })
  return cookies ? redirect(request.href(returnRouteOf(request) ?? 'account'), cookies) : signInFirst(request)
}
