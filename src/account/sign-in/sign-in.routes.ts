import { z } from 'zod'
import type { Person, PersonId } from '../../directory/directory.ts'
import { type PendingSignIns, pendingSignInCookie } from '../../identity/pending-sign-ins.ts'
import type { SignInProof } from '../../identity/session.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import { unified } from '../../texts/unified.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import { returnNameOf, type SignInCompletion } from './complete-sign-in.ts'
import {
  authenticationFault,
  type ClosedProblem,
  closedProblem,
  faultResponse,
  type PasswordAuthenticator,
  provedPerson,
} from './password-authenticator.ts'
import { signInPage } from './sign-in.page.tsx'

const form = z.object({ identifiant: field(200), motdepasse: field(4096) })

export type SignInDeps = {
  readonly store: Store
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly signInCompletion: SignInCompletion
  readonly ui: (language: Language) => Ui
}

/** The right password alone opens no session for a person who has a second factor. */
async function askSecondFactor(
  { store, secondFactor, pendingSignIns }: SignInDeps,
  request: HandlerRequest,
  person: PersonId,
  proof: SignInProof,
) {
  if (!isAsked(await secondFactor.of(person))) return null
  const pending = { person, provedAt: request.arrivedAt, proof, confirms: null }
  const { cookie } = await store.transaction(tx =>
    pendingSignIns.open(tx, pending, request.cookie(pendingSignInCookie)),
  )
  return redirect(request.href('secondFactor', { page: returnNameOf(request) }), [cookie])
}

async function complete(deps: SignInDeps, request: HandlerRequest, signedIn: Person, login: string) {
  const { id: person, passwordExpiry } = signedIn
  const proof = { by: 'embedded', ...(passwordExpiry && { expiry: passwordExpiry }) } as const
  const { store, signInCompletion } = deps
  const secondFactorRedirect = await askSecondFactor(deps, request, person, proof)
  if (secondFactorRedirect) return secondFactorRedirect
  const cookies = await store.transaction(tx =>
    signInCompletion.openSession(tx, request, {
      person,
      proof,
      provedAt: request.arrivedAt,
    }),
  )
  return cookies
    ? signInCompletion.redirectSignedIn(request, cookies, { person: signedIn })
    : refuse(deps, request, login)
}

const refuse = (
  { ui }: SignInDeps,
  request: HandlerRequest,
  login: string,
  refusal: ClosedProblem | { readonly reason: 'sign-in-refused' } = { reason: 'sign-in-refused' },
): HandlerResult => ({
  kind: 'page',
  status: refusal.reason === 'sign-in-refused' ? 422 : 429,
  page: signInPage({
    ui: ui(request.language),
    login,
    problem: refusal,
    returnTo: request.params.page ?? null,
  }),
})

async function signIn(deps: SignInDeps, request: HandlerRequest): Promise<HandlerResult> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const login = unified(fields.data.identifiant)
  const checked = await deps.passwordAuthenticator.check(request, login, fields.data.motdepasse)
  if (checked.ok) return complete(deps, request, checked.person, login)
  const fault = authenticationFault(checked)
  if (fault) return faultResponse(request, fault)
  const closed = closedProblem(checked)
  if (closed) return refuse(deps, request, login, closed)
  if (provedPerson(checked)) return redirect(request.href('expiredPassword'))
  return refuse(deps, request, login)
}

/**
 * The embedded sign-in: a fresh bind opens a session. Every refusal has the same text and the same response time, so
 * that neither shows whether the login exists.
 */
export const embeddedSignInRoutes = (deps: SignInDeps) => {
  const post: Handler = request => signIn(deps, request)
  return {
    page: (ui: Ui, returnTo: string | null) => signInPage({ ui, login: '', problem: null, returnTo }),
    post,
  }
}
