import type { Audit } from '../../../audit/audit.ts'
import { digestOf, isSameSecret } from '../../../crypto/crypto.ts'
import type { Directory, Person } from '../../../directory/directory.ts'
import { directoryUnavailable } from '../../../directory/problem.ts'
import type { Freezes } from '../../../identity/freezes.ts'
import { type PendingSignIns, pendingSignInCookie } from '../../../identity/pending-sign-ins.ts'
import { type SignInProof, sessionCookie } from '../../../identity/session.ts'
import type { Sessions } from '../../../identity/sessions.ts'
import type { AuthenticationRequest, Identity } from '../../../identity-server/identity-server.ts'
import { identityServerUnavailable } from '../../../identity-server/problem.ts'
import { isAsked, type SecondFactor } from '../../../proofs/second-factor/second-factor.ts'
import { ok, type Result, refused } from '../../../result.ts'
import { returnRoutes } from '../../../routes.ts'
import type { SetCookie } from '../../../web/cookies.ts'
import { field } from '../../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../../web/handler.ts'
import type { SignInCompletion } from '../complete-sign-in.ts'
import { type ExternalSignIn, externalSignInCookie } from './external-sign-ins.ts'
import { refusalSlugs, type SignInRefusal } from './refusals.ts'
import { authRequestFor, type StartRedirectDeps } from './start-redirect.routes.ts'

export type SignInCallbackDeps = StartRedirectDeps & {
  readonly audit: Audit
  readonly directory: Directory
  readonly freezes: Freezes
  readonly sessions: Sessions
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly signInCompletion: SignInCompletion
}

/** A callback whose person the server and the directory have identified. */
type IdentifiedSignIn = {
  readonly externalSignIn: ExternalSignIn
  readonly identity: Identity
  readonly person: Person
}

const login = field(200).min(1)

const refuse = (
  request: HandlerRequest,
  why: SignInRefusal,
  cookies: readonly SetCookie[] = [],
): HandlerResult => redirect(request.href('signInRefused', { why: refusalSlugs[why] }), cookies)

const proofOf = ({ server }: SignInCallbackDeps, { identity }: IdentifiedSignIn): SignInProof => ({
  by: server.kind,
  external: identity.session === null ? null : digestOf(identity.session),
  subject: identity.subject === null ? null : digestOf(identity.subject),
  authenticatedAt: identity.authenticatedAt,
  factor: identity.withSecondFactor ? 'server' : null,
})

/** Sésame asks for its own second factor unless the server says that it asked for one (`acr`, an attribute of CAS). */
const needsOurFactor = async ({ secondFactor }: SignInCallbackDeps, { identity, person }: IdentifiedSignIn) =>
  !identity.withSecondFactor && isAsked(await secondFactor.of(person.id))

/** The person in the directory, whose account may be frozen or closed: the server does not know. */
async function personOf(
  { store, audit, directory, freezes }: SignInCallbackDeps,
  { device }: Pick<HandlerRequest, 'device'>,
  identity: Identity,
): Promise<Result<{ person: Person }, 'directory-unavailable' | 'identity-unknown' | 'identity-closed'>> {
  const typed = login.safeParse(identity.login.trim())
  const found = typed.success ? await directory.findLogin(typed.data) : ok({ person: null })
  if (!found.ok) return found
  const { person } = found
  if (!person) return refused('identity-unknown')
  const isBlocked = person.closed || (await freezes.find(person.id))?.kind === 'frozen'
  if (!isBlocked) return ok({ person })
  await store.transaction(tx =>
    audit.append(tx, {
      chain: person.id,
      kind: 'sign-in.refused',
      by: { kind: 'anonymous' },
      details: { device },
    }),
  )
  return refused('identity-closed')
}

/** `confirms`: the session that our second factor will make fresh; `null`: it will open a new one. */
async function askSecondFactor(
  deps: SignInCallbackDeps,
  request: HandlerRequest,
  identified: IdentifiedSignIn,
  confirms: string | null,
): Promise<HandlerResult> {
  const { store, externalSignIns, pendingSignIns } = deps
  const { externalSignIn, person } = identified
  const pending = {
    person: person.id,
    provedAt: provedAt(identified),
    proof: proofOf(deps, identified),
    confirms,
  }
  const cookie = await store.transaction(async tx =>
    (await externalSignIns.consume(tx, externalSignIn))
      ? (await pendingSignIns.open(tx, pending, request.cookie(pendingSignInCookie))).cookie
      : null,
  )
  return cookie
    ? redirect(request.href('secondFactor', { page: externalSignIn.page }), [
        cookie,
        externalSignIns.clearedCookie,
      ])
    : refuse(request, 'identity-late')
}

/**
 * A password change after this instant invalidates the sign-in. For a fresh one the server reports when its ticket was
 * validated, and a ticket can be withheld for a while: so the earliest known instant counts.
 */
const provedAt = ({ externalSignIn, identity }: IdentifiedSignIn) =>
  Math.min(identity.authenticatedAt ?? externalSignIn.startedAt, externalSignIn.startedAt)

async function complete(
  deps: SignInCallbackDeps,
  request: HandlerRequest,
  identified: IdentifiedSignIn,
): Promise<HandlerResult> {
  const { store, externalSignIns, signInCompletion } = deps
  const { externalSignIn, person } = identified
  if (await needsOurFactor(deps, identified)) return askSecondFactor(deps, request, identified, null)
  const proved = { person: person.id, proof: proofOf(deps, identified), provedAt: provedAt(identified) }
  const opened = await store.transaction(async tx =>
    (await externalSignIns.consume(tx, externalSignIn))
      ? { cookies: await signInCompletion.openSession(tx, request, proved) }
      : null,
  )
  if (!opened) return refuse(request, 'identity-late')
  if (!opened.cookies) return refuse(request, 'identity-stale', [externalSignIns.clearedCookie])
  const result = signInCompletion.redirectSignedIn(request, opened.cookies, {
    name: externalSignIn.page,
    person,
  })
  return result.kind === 'redirect'
    ? redirect(result.to, [...(result.cookies ?? []), externalSignIns.clearedCookie])
    : result
}

async function confirm(
  deps: SignInCallbackDeps,
  request: HandlerRequest,
  identified: IdentifiedSignIn,
): Promise<HandlerResult> {
  const { store, audit, sessions, externalSignIns } = deps
  const { externalSignIn, person } = identified
  const session = await sessions.find(request.cookie(sessionCookie))
  if (!session)
    return redirect(request.href('signInFor', { page: externalSignIn.page }), [externalSignIns.clearedCookie])
  if (session.person !== person.id) return refuse(request, 'identity-other', [externalSignIns.clearedCookie])
  if (await needsOurFactor(deps, identified)) return askSecondFactor(deps, request, identified, session.id)
  const { by: _, ...proof } = proofOf(deps, identified)
  const cookie = await store.transaction(async tx => {
    if (!(await externalSignIns.consume(tx, externalSignIn))) return null
    await audit.append(tx, {
      chain: person.id,
      kind: 'sign-in.confirmed',
      by: { kind: 'person', id: person.id },
      details: { device: request.device },
    })
    return sessions.renew(tx, session, proof)
  })
  return cookie
    ? redirect(request.href(returnRoutes[externalSignIn.page] ?? 'account'), [
        cookie,
        externalSignIns.clearedCookie,
      ])
    : refuse(request, 'identity-late')
}

/** A second tab, Back or « reload » after a completed sign-in leads to the account rather than to an error. */
const withoutExternalSignIn = async ({ sessions }: SignInCallbackDeps, request: HandlerRequest) =>
  (await sessions.find(request.cookie(sessionCookie)))
    ? redirect(request.href('account'))
    : refuse(request, 'identity-late')

/** The sign-in that this browser started, when the callback carries its `state`; `null` for another browser's. */
async function findStarted(deps: SignInCallbackDeps, request: HandlerRequest) {
  const cookie = request.cookie(externalSignInCookie)
  const externalSignIn = await deps.externalSignIns.find(cookie)
  if (!cookie || !externalSignIn) return null
  const authRequest = authRequestFor(deps, request, { cookie, fresh: externalSignIn.fresh })
  return isSameSecret(request.query('state') ?? '', authRequest.state)
    ? { externalSignIn, authRequest }
    : null
}

async function identifyPerson(
  deps: SignInCallbackDeps,
  request: HandlerRequest,
  authRequest: AuthenticationRequest,
) {
  const identified = await deps.server.identify(authRequest, request.query)
  if (!identified.ok) return identified
  const { identity } = identified
  const found = await personOf(deps, request, identity)
  return found.ok ? ok({ identity, person: found.person }) : found
}

function refusedIdentification(
  request: HandlerRequest,
  failure: Extract<Awaited<ReturnType<typeof identifyPerson>>, { ok: false }>,
) {
  const more = 'detail' in failure && failure.detail !== undefined ? { detail: failure.detail } : {}
  if (failure.reason === 'identity-unavailable') return problem(identityServerUnavailable, more)
  if (failure.reason === 'directory-unavailable') return problem(directoryUnavailable, more)
  return refuse(request, failure.reason)
}

async function answerCallback(deps: SignInCallbackDeps, request: HandlerRequest): Promise<HandlerResult> {
  const { store, externalSignIns } = deps
  const started = await findStarted(deps, request)
  if (!started) return withoutExternalSignIn(deps, request)
  const { externalSignIn, authRequest } = started
  if (!(await store.transaction(tx => externalSignIns.countTry(tx, externalSignIn))))
    return refuse(request, 'identity-late')
  const identified = await identifyPerson(deps, request, authRequest)
  if (identified.ok)
    return externalSignIn.purpose === 'confirm'
      ? confirm(deps, request, { ...identified, externalSignIn })
      : complete(deps, request, { ...identified, externalSignIn })
  return refusedIdentification(request, identified)
}

/** The callback from the institution's server: identifies the person at the server, then in the directory. */
export const signInCallbackRoutes = (deps: SignInCallbackDeps): { readonly get: Handler } => ({
  get: request => answerCallback(deps, request),
})
