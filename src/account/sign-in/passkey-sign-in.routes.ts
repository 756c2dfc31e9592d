import { z } from 'zod'
import type { Directory } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import {
  type PendingSignIn,
  type PendingSignIns,
  pendingSignInCookie,
} from '../../identity/pending-sign-ins.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimiter } from '../../limits/rate-limiter.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { FactorResponse, SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field, optionalField } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  tooMany,
} from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import { returnNameOf, type SignInCompletion, useOf } from './complete-sign-in.ts'
import { passkeySignInPage } from './passkey-sign-in.page.tsx'
import { createSignInLimit } from './sign-in-limit.ts'

/** `proposer`: the sign-in page asks by itself, to propose passkeys among the logins. */
const form = z.object({ cle: field(12_000).optional(), proposer: optionalField(5) })

type Deps = {
  readonly store: Store
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
  readonly directory: Directory
  readonly passkeys: Passkeys
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly signInCompletion: SignInCompletion
  /** False where the institution's server signs people in: a passkey is then a second factor only. */
  readonly passwordless: boolean
  readonly ui: (language: Language) => Ui
}

const holderOf = (pending: PendingSignIn) => `sign-in:${pending.id}`

const backUrl = (request: HandlerRequest, pending: PendingSignIn | null) =>
  pending?.person
    ? request.href('secondFactor', { page: returnNameOf(request) })
    : request.href('signInFor', { page: returnNameOf(request) })

async function begin(deps: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const { store, passkeys, pendingSignIns } = deps
  const opensAt = await createSignInLimit(deps)(request)
  if (opensAt !== null) return tooMany(request, opensAt)
  const passkeyPage = request.href('signInPasskey', { page: returnNameOf(request) })
  const pending = await pendingSignIns.find(request.cookie(pendingSignInCookie))
  if (!pending && !deps.passwordless) return redirect(backUrl(request, null))
  if (pending) {
    await passkeys.begin(holderOf(pending), 'prove')
    return redirect(passkeyPage)
  }
  const proof = { by: 'passkey' } as const
  const values = { person: null, provedAt: request.arrivedAt, proof, confirms: null }
  const { cookie, pending: opened } = await store.transaction(tx =>
    pendingSignIns.open(tx, values, request.cookie(pendingSignInCookie)),
  )
  await passkeys.begin(holderOf(opened), 'prove')
  return redirect(passkeyPage, [cookie])
}

async function page(
  deps: Deps,
  request: HandlerRequest,
  pending: PendingSignIn,
  refused: boolean,
): Promise<HandlerResult> {
  const options = await deps.passkeys.proofOptions(holderOf(pending), pending.person)
  if (!options) return redirect(backUrl(request, pending))
  const ui = deps.ui(request.language)
  return {
    kind: 'page',
    status: refused ? 422 : 200,
    page: passkeySignInPage({
      ui,
      options,
      returnTo: returnNameOf(request),
      back: backUrl(request, pending),
      pending,
      refused,
    }),
  }
}

/** With a new challenge, since the refused response has used the last one up. */
async function refuse(deps: Deps, request: HandlerRequest, pending: PendingSignIn) {
  await deps.passkeys.begin(holderOf(pending), 'prove')
  return page(deps, request, pending, true)
}

async function complete(
  deps: Deps,
  request: HandlerRequest,
  pending: PendingSignIn,
  response: FactorResponse,
): Promise<HandlerResult> {
  const { store, directory, secondFactor, pendingSignIns, signInCompletion } = deps
  const found = await directory.read(response.person)
  if (!found.ok) return problem(directoryUnavailable)
  if (found.person === null || found.person.closed) return refuse(deps, request, pending)
  if (pending.person !== null && pending.person !== response.person) return refuse(deps, request, pending)
  const { person } = response
  const cookies = await store.transaction(async tx => {
    // As in `second-factor.ts`: locks the person's row before that of the pending sign-in.
    if (await signInCompletion.isBlocked(tx, { person, provedAt: pending.provedAt })) return null
    if (!(await pendingSignIns.countTry(tx, pending))) return null
    const verdict = await secondFactor.judge(tx, person, response, useOf(request, pending))
    return verdict.verdict === 'right'
      ? signInCompletion.openFromPending(tx, request, pending, { person, factor: 'passkey' })
      : null
  })
  if (cookies) return signInCompletion.redirectSignedIn(request, cookies, { person: found.person })
  // The key of a frozen person is refused as one that nobody has: whoever holds it learns nothing of it.
  const stillPending = await pendingSignIns.find(request.cookie(pendingSignInCookie))
  return stillPending ? refuse(deps, request, stillPending) : signInCompletion.withoutPending(request)
}

async function get(deps: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const pending = await deps.pendingSignIns.find(request.cookie(pendingSignInCookie))
  return pending ? page(deps, request, pending, false) : deps.signInCompletion.withoutPending(request)
}

async function post(deps: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  if (fields.data.cle === undefined) {
    // A sign-in whose password was right waits in another tab: a new challenge would make its answer wrong.
    const waiting = fields.data.proposer
      ? await deps.pendingSignIns.find(request.cookie(pendingSignInCookie))
      : null
    if (waiting?.person) return redirect(backUrl(request, waiting))
    // Nor one for a passkey: its challenge serves both.
    const isAsked = waiting !== null && (await deps.passkeys.proofOptions(holderOf(waiting), null)) !== null
    return isAsked
      ? redirect(request.href('signInPasskey', { page: returnNameOf(request) }))
      : begin(deps, request)
  }
  const pending = await deps.pendingSignIns.find(request.cookie(pendingSignInCookie))
  if (!pending) return deps.signInCompletion.withoutPending(request)
  const read = await deps.passkeys.verify(holderOf(pending), fields.data.cle)
  if (!read.ok) return refuse(deps, request, pending)
  const { answer, person } = read
  return complete(deps, request, pending, { by: 'passkey', answer, person })
}

/**
 * Signing in with a passkey: alone, or as the second factor after a password. The sign-in page is static and holds no
 * challenge; its button posts here for one, which is bound to this browser and used once.
 */
export const passkeySignInRoutes = (deps: Deps): { readonly get: Handler; readonly post: Handler } => ({
  get: request => get(deps, request),
  post: request => post(deps, request),
})
