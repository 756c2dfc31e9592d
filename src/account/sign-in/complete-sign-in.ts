import type { Audit } from '../../audit/audit.ts'
import type { Person, PersonId } from '../../directory/directory.ts'
import { hasExpiredPassword } from '../../directory/password-expiry.ts'
import type { Freezes } from '../../identity/freezes.ts'
import { type KnownBrowsers, knownBrowserCookie } from '../../identity/known-browsers.ts'
import {
  type PendingSignIn,
  type PendingSignIns,
  pendingSignInCookie,
} from '../../identity/pending-sign-ins.ts'
import { type SignInProof, sessionCookie } from '../../identity/session.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import { returnRoutes, returnSlugs } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { SetCookie } from '../../web/cookies.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { notFound } from '../../web/problems.ts'
import type { RouteHandlers } from '../../web/register-routes.ts'
import { externalSignInCookie } from './external/external-sign-ins.ts'

type Deps = {
  readonly store: Store
  readonly audit: Audit
  readonly freezes: Freezes
  readonly revocations: Pick<Revocations, 'isSignInRevoked'>
  readonly sessions: Sessions
  readonly pendingSignIns: PendingSignIns
  readonly knownBrowsers: KnownBrowsers
  /** Configured addresses to which a sign-in may return, by the name that our own URL carries (ASVS 3.7.2). */
  readonly returns: Readonly<Record<string, string>>
}

/** `story`: the pending sign-in that it completes, whose factors the journal tells with it. */
type ProvedPerson = {
  readonly person: PersonId
  readonly proof: SignInProof
  readonly provedAt: number
  readonly story?: string
}

const returnNamesOf = ({ returns }: Deps) => [...Object.keys(returnRoutes), ...Object.keys(returns)]

const onlyKnownReturn =
  (deps: Deps, handler: Handler): Handler =>
  async request =>
    returnNamesOf(deps).includes(returnNameOf(request)) ? handler(request) : problem(notFound)

/** A page of the account or a configured address, by name; any other name returns to the account. */
const returnUrl = ({ returns }: Deps, request: HandlerRequest, name: string) => {
  if (Object.hasOwn(returns, name)) return returns[name] ?? ''
  return request.href(Object.hasOwn(returnRoutes, name) ? (returnRoutes[name] ?? 'account') : 'account')
}

/** True when the account was frozen, or when its password changed since `provedAt`: no factor may be judged then. */
const isBlocked = async (
  { revocations, freezes }: Deps,
  tx: Tx,
  { person, provedAt }: Pick<ProvedPerson, 'person' | 'provedAt'>,
) =>
  (await revocations.isSignInRevoked(tx, person, provedAt)) ||
  (await freezes.find(person, tx))?.kind === 'frozen'

/** Adds the cookie by which this browser is known from now on. */
const withKnownBrowser = async (
  { knownBrowsers }: Deps,
  tx: Tx,
  request: HandlerRequest,
  { person }: ProvedPerson,
  session: SetCookie | null,
) => session && [session, await knownBrowsers.remember(tx, person, request)]

/** `null`: the account is blocked, or this sign-in method opens no session here. */
async function openSession(
  deps: Deps,
  tx: Tx,
  request: HandlerRequest,
  proved: ProvedPerson,
): Promise<readonly SetCookie[] | null> {
  if (await isBlocked(deps, tx, proved)) return null
  await deps.pendingSignIns.supersede(tx, request.cookie(pendingSignInCookie))
  const { person, proof, story } = proved
  const session = await deps.sessions.signInAs(tx, person, { ...proof, request, ...(story && { story }) })
  return withKnownBrowser(deps, tx, request, proved, session)
}

/** « Confirmez que c'est vous »: makes the session that asked fresh; `null` also when it ended meanwhile. */
async function confirmSession(
  deps: Deps,
  tx: Tx,
  request: HandlerRequest,
  id: string,
  proved: ProvedPerson,
): Promise<readonly SetCookie[] | null> {
  const session = (await isBlocked(deps, tx, proved))
    ? null
    : await deps.sessions.renew(tx, { id }, proved.proof)
  if (session)
    await deps.audit.append(tx, {
      chain: proved.person,
      kind: 'sign-in.confirmed',
      by: { kind: 'person', id: proved.person },
      details: { device: request.device, ...(proved.story && { story: proved.story }) },
    })
  return withKnownBrowser(deps, tx, request, proved, session)
}

async function openFromPending(
  deps: Deps,
  tx: Tx,
  request: HandlerRequest,
  pending: PendingSignIn,
  { person, factor }: { person: PersonId; factor: ShownFactor },
) {
  if (!(await deps.pendingSignIns.consume(tx, pending))) return null
  const { story } = useOf(request, pending)
  const proved = { person, provedAt: pending.provedAt, proof: { ...pending.proof, factor }, story }
  return pending.confirms
    ? confirmSession(deps, tx, request, pending.confirms, proved)
    : openSession(deps, tx, request, proved)
}

/** Where the factor of a pending sign-in is shown. */
export const useOf = (
  { language, device }: Pick<HandlerRequest, 'language' | 'device'>,
  { id, confirms }: Pick<PendingSignIn, 'id' | 'confirms'>,
) => ({ language, device, story: id.slice(0, 12), signedIn: confirms !== null })

const ownCookies = [sessionCookie, pendingSignInCookie, externalSignInCookie, knownBrowserCookie]

/** A browser that sent none may refuse the cookie of the sign-in: `signInNext` then says so. */
export const hasSentCookie = (request: HandlerRequest) =>
  ownCookies.some(cookie => request.cookie(cookie) !== null)

const redirectWithoutPending = async (deps: Deps, request: HandlerRequest): Promise<HandlerResult> => {
  const page = returnNameOf(request)
  if (await deps.sessions.find(request.cookie(sessionCookie))) return redirect(returnUrl(deps, request, page))
  return redirect(request.href(hasSentCookie(request) ? 'signInFor' : 'signInNext', { page }))
}

/**
 * The last step of every sign-in, whatever its method: the account is checked again, then a session opens and the
 * browser is redirected.
 */
export const createSignInCompletion = (deps: Deps) => ({
  openSession: (tx: Tx, request: HandlerRequest, proved: ProvedPerson) =>
    openSession(deps, tx, request, proved),
  isBlocked: (tx: Tx, proved: Pick<ProvedPerson, 'person' | 'provedAt'>) => isBlocked(deps, tx, proved),
  /** Every return name that a sign-in URL may carry. */
  returnNames: returnNamesOf(deps),
  /** Answers 404 to an unknown return name before anything else, so that no attacker's text enters our URLs (ASVS 3.7.2). */
  refuseUnknownReturn: ({ get, post }: Pick<RouteHandlers, 'get' | 'post'>): RouteHandlers => ({
    ...(get && { get: onlyKnownReturn(deps, get) }),
    ...(post && { post: onlyKnownReturn(deps, post) }),
  }),
  /** Completes a pending sign-in with the factor that it waited for: once, into a new session or the one it confirms. */
  openFromPending: (
    tx: Tx,
    request: HandlerRequest,
    pending: PendingSignIn,
    shown: { person: PersonId; factor: ShownFactor },
  ) => openFromPending(deps, tx, request, pending, shown),
  /** The response when this browser has no pending sign-in: it signed in from another tab, or must begin again. */
  withoutPending: (request: HandlerRequest) => redirectWithoutPending(deps, request),
  /** After the first sign-in of a browser: the page that it wanted, once its cookie has come back. */
  next: (request: HandlerRequest) =>
    request.cookie(sessionCookie) === null ? null : redirect(returnUrl(deps, request, returnNameOf(request))),
  /** Whose password has expired is led to its change, whatever the address says: only a few sign-ins are left. */
  redirectSignedIn: (
    request: HandlerRequest,
    cookies: readonly SetCookie[],
    { name = returnNameOf(request), person }: { readonly name?: string; readonly person?: Person } = {},
  ): HandlerResult => {
    const mustChange = person && hasExpiredPassword(person, request.arrivedAt)
    const page = mustChange ? returnSlugs.changePassword : name
    const url = hasSentCookie(request) ? returnUrl(deps, request, page) : request.href('signInNext', { page })
    return redirect(url, [...cookies, deps.pendingSignIns.clearedCookie])
  },
})

export type SignInCompletion = ReturnType<typeof createSignInCompletion>

/** The return name in the URL of a sign-in, passed on from page to page; `compte` (the account) when there is none. */
export const returnNameOf = (request: HandlerRequest) => request.params.page ?? 'compte'
