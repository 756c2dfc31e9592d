import { z } from 'zod'
import type { Directory, PersonId } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import { createBrowserOwners } from '../../identity/browser-owners.ts'
import type { KnownBrowsers } from '../../identity/known-browsers.ts'
import {
  type PendingSignIn,
  type PendingSignIns,
  pendingSignInCookie,
} from '../../identity/pending-sign-ins.ts'
import type { Sessions } from '../../identity/sessions.ts'
import { type FactorProblem, problemOf } from '../../proofs/second-factor/factor-form.part.tsx'
import type { FactorResponse, SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import { type Handler, type HandlerRequest, type HandlerResult, problem } from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import { returnNameOf, type SignInCompletion, useOf } from './complete-sign-in.ts'
import { secondFactorPage } from './second-factor.page.tsx'

const form = z.object({ code: field(60) })

type Deps = {
  readonly store: Store
  readonly directory: Pick<Directory, 'read'>
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly signInCompletion: SignInCompletion
  readonly sessions: Pick<Sessions, 'find'>
  readonly knownBrowsers: KnownBrowsers
  readonly ui: (language: Language) => Ui
}

type PendingForPerson = PendingSignIn & { readonly person: PersonId }

async function page(
  { secondFactor, ui }: Deps,
  request: HandlerRequest,
  pending: PendingForPerson,
  refusal: FactorProblem | null,
): Promise<HandlerResult> {
  return {
    kind: 'page',
    status: refusal ? 422 : 200,
    page: secondFactorPage({
      ui: ui(request.language),
      returnTo: returnNameOf(request),
      factors: await secondFactor.of(pending.person),
      problem: refusal,
    }),
  }
}

const withPending =
  (
    { pendingSignIns, signInCompletion }: Deps,
    work: (request: HandlerRequest, pending: PendingForPerson) => Promise<HandlerResult>,
  ): Handler =>
  async request => {
    const pending = await pendingSignIns.find(request.cookie(pendingSignInCookie))
    return pending?.person
      ? work(request, { ...pending, person: pending.person })
      : signInCompletion.withoutPending(request)
  }

/** Counts the attempt and uses the factor up: `null` when neither may happen, else the refusal or the cookies. */
async function judgeFactor(
  { secondFactor, pendingSignIns, signInCompletion }: Deps,
  tx: Tx,
  request: HandlerRequest,
  pending: PendingForPerson,
  { response, requester }: { response: FactorResponse; requester: 'own' | 'stranger' },
) {
  const { person } = pending
  // Checked before the factor is judged: this refusal must not show whether the factor was right, nor use it up. Also
  // before the pending sign-in's row is locked: a freeze locks the person's row first, and both would deadlock.
  if (await signInCompletion.isBlocked(tx, pending)) return null
  if (!(await pendingSignIns.countTry(tx, pending))) return null
  const verdict = await secondFactor.judge(tx, person, response, useOf(request, pending), requester)
  if (verdict.verdict !== 'right') return { refusal: problemOf(verdict) }
  return {
    cookies: await signInCompletion.openFromPending(tx, request, pending, { person, factor: verdict.by }),
  }
}

/** One transaction counts the attempt, uses the factor up and opens the session: none of them without the others. */
async function complete(
  deps: Deps,
  request: HandlerRequest,
  pending: PendingForPerson,
  response: FactorResponse,
): Promise<HandlerResult> {
  const { store, directory, pendingSignIns, signInCompletion } = deps
  const { person } = pending
  // The directory may have ended this person since the password was checked.
  const found = await directory.read(person)
  if (!found.ok) return problem(directoryUnavailable)
  if (!found.person || found.person.closed) return signInCompletion.withoutPending(request)
  const owners = await createBrowserOwners(deps)(request)
  const requester = owners.has(person) ? 'own' : 'stranger'
  const outcome = await store.transaction(tx =>
    judgeFactor(deps, tx, request, pending, { response, requester }),
  )
  if (outcome?.refusal) {
    const stillPending = await pendingSignIns.find(request.cookie(pendingSignInCookie))
    return page(deps, request, pending, stillPending ? outcome.refusal : { reason: 'factor-restart' })
  }
  return outcome?.cookies
    ? signInCompletion.redirectSignedIn(request, outcome.cookies, { person: found.person })
    : signInCompletion.withoutPending(request)
}

async function post(deps: Deps, request: HandlerRequest, pending: PendingForPerson): Promise<HandlerResult> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const who = { network: request.network.id, queueKey: pending.id }
  const read = await deps.secondFactor.read(pending.person, fields.data.code, who)
  if (read.ok) return complete(deps, request, pending, read.response)
  if (read.reason === 'hashing-busy' || read.reason === 'hashing-twice')
    return problem(busy, { retryAfter: 5 })
  return page(deps, request, pending, { reason: read.reason })
}

/** Asks a person who has a second factor for a code of the app, or a printed one, after the right password. */
export const secondFactorRoutes = (deps: Deps) => ({
  get: withPending(deps, (request, pending) => page(deps, request, pending, null)),
  post: withPending(deps, (request, pending) => post(deps, request, pending)),
})
