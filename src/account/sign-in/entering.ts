import type { Audit } from '../../audit/audit.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { returnRoutes } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  type SetCookie,
} from '../../web/handler.ts'
import type { RouteHandlers } from '../../web/register-routes.ts'
import type { Freezes } from '../freezes.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { Proved } from '../sessions/session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { PendingSignIn, PendingSignIns } from './pending-sign-ins.ts'

type Deps = {
  readonly store: Store
  readonly audit: Audit
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'isSignInRevoked'>
  readonly sessions: Sessions
  readonly pendingSignIns: PendingSignIns
  readonly knownBrowsers: KnownBrowsers
  /** Addresses to which a sign-in may lead, each under the name that stands in our own address (ASVS 3.7.2). */
  readonly returns: Readonly<Record<string, string>>
}

type Who = { readonly person: PersonId; readonly how: Proved; readonly provedAt: number }

/** The last step of every sign-in of ours: the account is looked at again, then a session opens and leads on. */
export const entering = (deps: Deps) => {
  const { audit, freezes, revocations, sessions, pendingSignIns, knownBrowsers, returns } = deps
  const names = [...Object.keys(returnRoutes), ...Object.keys(returns)]

  const onlyNamed =
    (handler: Handler): Handler =>
    async request =>
      names.includes(pageOf(request)) ? handler(request) : problem('not-found')

  /** Where a sign-in leads: a page of the account or a configured address, by name; anything else is the account. */
  const leadsTo = (request: HandlerRequest, name: string) => {
    if (Object.hasOwn(returns, name)) return returns[name] ?? ''
    return request.href(Object.hasOwn(returnRoutes, name) ? (returnRoutes[name] ?? 'account') : 'account')
  }

  /** The account was frozen, or its password changed since it was proved: nothing may be judged any more. */
  const isShut = async (tx: Tx, { person, provedAt }: { person: PersonId; provedAt: number }) =>
    (await revocations.isSignInRevoked(tx, person, provedAt)) ||
    (await freezes.find(person, tx))?.kind === 'frozen'

  /** With the session goes the cookie by which this browser is known from now on. */
  const known = async (tx: Tx, request: HandlerRequest, { person }: Who, session: SetCookie | null) =>
    session && [session, await knownBrowsers.remember(tx, person, request)]

  /** `null`: the account is shut, or no session is opened in that way here. */
  const open = async (tx: Tx, request: HandlerRequest, who: Who): Promise<readonly SetCookie[] | null> => {
    if (await isShut(tx, who)) return null
    await pendingSignIns.supersede(tx, request.cookie('entering'))
    return known(tx, request, who, await sessions.signInAs(tx, who.person, { ...who.how, request }))
  }

  /** « Confirmez que c'est vous »: the session that asked goes on, fresh; `null` where it ended meanwhile too. */
  const confirm = async (
    tx: Tx,
    request: HandlerRequest,
    id: string,
    who: Who,
  ): Promise<readonly SetCookie[] | null> => {
    const session = (await isShut(tx, who)) ? null : await sessions.renew(tx, { id }, who.how)
    if (session)
      await audit.append(tx, {
        chain: who.person,
        kind: 'sign-in.confirmed',
        by: { kind: 'person', id: who.person },
      })
    return known(tx, request, who, session)
  }

  return {
    open,
    isShut,
    /** Every name that an address of sign-in may carry. */
    names,
    /** A name that nothing bears is refused first: what a stranger wrote stands in no address of ours (ASVS 3.7.2). */
    named: ({ get, post }: Pick<RouteHandlers, 'get' | 'post'>): RouteHandlers => ({
      ...(get && { get: onlyNamed(get) }),
      ...(post && { post: onlyNamed(post) }),
    }),
    /** The same for a sign-in that waited for this factor: it leads to one session, a new one or the one that it confirms. */
    openFrom: async (
      tx: Tx,
      request: HandlerRequest,
      half: PendingSignIn,
      shown: { person: PersonId; factor: ShownFactor },
    ) => {
      if (!(await pendingSignIns.consume(tx, half))) return null
      const { person, factor } = shown
      const who = { person, provedAt: half.provedAt, how: { ...half.how, factor } }
      return half.confirms ? confirm(tx, request, half.confirms, who) : open(tx, request, who)
    },
    /** Nothing waits in this browser any more: another tab of it has entered, or it begins again. */
    without: async (request: HandlerRequest): Promise<HandlerResult> =>
      (await sessions.find(request.cookie('session')))
        ? redirect(leadsTo(request, pageOf(request)))
        : redirect(request.href('signInFor', { page: pageOf(request) })),
    enter: (request: HandlerRequest, cookies: readonly SetCookie[], name = pageOf(request)): HandlerResult =>
      redirect(leadsTo(request, name), [...cookies, pendingSignIns.forgotten]),
  }
}

export type Entering = ReturnType<typeof entering>

/** The name in the address of a sign-in, carried from page to page; `compte` where there is none. */
export const pageOf = (request: HandlerRequest) => request.params.page ?? 'compte'
