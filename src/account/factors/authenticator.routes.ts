import { z } from 'zod'
import { type Authenticators, foldDigits } from '../../proofs/authenticator/authenticator.ts'
import type { SecondFactorDescriptor } from '../../proofs/proof-registry.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { ChangePage } from '../cool-down/changes.ts'
import type { CoolDown } from '../cool-down/cool-down.ts'
import { redirectDone, withDone } from '../done.ts'
import type { AccountGuard, SignedInUser } from '../sessions/account-guard.ts'
import type { Refused, SessionForms } from '../sessions/refused-forms.ts'
import type { SessionTransaction } from '../sessions/session-transaction.ts'
import { type AuthenticatorProblem, authenticatorPage } from './authenticator.page.tsx'
import type { FactorChanges } from './factors.ts'
import type { ProofChangeLimit } from './proof-change-limit.ts'

type Deps = {
  readonly guard: AccountGuard
  readonly coolDown: CoolDown
  readonly sessionForms: SessionForms
  readonly inSession: SessionTransaction
  readonly refusedByLimit: ProofChangeLimit
  readonly authenticators: Authenticators
  readonly factorChanges: FactorChanges
  readonly ui: (language: Language) => Ui
}

const form = z.object({ action: field(20), code: optionalField(40) })

async function page(
  deps: Deps,
  request: HandlerRequest,
  { person, session }: SignedInUser,
  {
    refusal = null,
    voided = [],
  }: { refusal?: AuthenticatorProblem | null; voided?: readonly SecondFactorDescriptor[] } = {},
): Promise<HandlerResult> {
  const { authenticators } = deps
  const ui = deps.ui(request.language)
  const names = { issuer: `${ui.branding.product} ${ui.branding.institution}`, label: person.login }
  const [inService, offer] = await Promise.all([
    authenticators.find(person.id),
    authenticators.offer(person.id, session.origin, names),
  ])
  return {
    kind: 'page',
    page: authenticatorPage({ ui, since: inService?.since ?? null, offer, voided, problem: refusal }),
  }
}

async function begin(
  { inSession, refusedByLimit, authenticators }: Deps,
  request: HandlerRequest,
  { person, session }: SignedInUser,
) {
  const refusal = await refusedByLimit(request, person.id)
  if (refusal) return refusal
  await inSession(session, tx => authenticators.begin(tx, person.id, session.origin))
  return redirect(request.href('authenticator'))
}

type RefusedCode = { readonly refusal: AuthenticatorProblem }
const refuse = (refusal: AuthenticatorProblem): Refused<RefusedCode> => ({
  kind: 'refused',
  shown: { refusal },
})

async function confirm(deps: Deps, request: HandlerRequest, user: SignedInUser, typed: string) {
  const { inSession, authenticators } = deps
  const digits = foldDigits(typed)
  if (!digits) return refuse('totp-form')
  const { person, session } = user
  const confirmed = await inSession(session, tx =>
    deps.factorChanges.activate(tx, { request, user, factor: 'authenticator' }, () =>
      authenticators.confirm(tx, person.id, session.origin, digits),
    ),
  )
  if (!confirmed) return refuse('totp-wrong')
  return confirmed.voided.length > 0
    ? withDone(await page(deps, request, user, confirmed), 'done-authenticator-was-added')
    : redirectDone(request.href('authenticator'), 'done-authenticator-was-added')
}

async function remove(deps: Deps, request: HandlerRequest, user: SignedInUser) {
  const { person, session } = user
  const isRemoved = await deps.inSession(session, async tx => {
    if (!(await deps.authenticators.remove(tx, person.id, session.origin))) return false
    await deps.factorChanges.record(tx, { request, user, factor: 'authenticator', change: 'removed' })
    return true
  })
  const here = request.href('authenticator')
  return isRemoved ? redirectDone(here, 'done-authenticator-was-removed') : redirect(here)
}

async function post(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<RefusedCode>> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const { action, code } = fields.data
  if (action === 'commencer') return begin(deps, request, user)
  if (action === 'retirer') return remove(deps, request, user)
  return action === 'confirmer' ? confirm(deps, request, user, code) : problem(badRequest)
}

/**
 * « Application d'authentification »: its secret is shown as a QR code and in letters; it is in service from its first code on.
 */
export const authenticatorRoutes = (deps: Deps) => {
  const { guard, coolDown, sessionForms } = deps
  const code = sessionForms<SignedInUser, RefusedCode>(() => ({ route: 'authenticator' }), {
    view: (request, user, shown) => page(deps, request, user, shown ?? {}),
    submit: (request, user) => post(deps, request, user),
  })
  const changed: ChangePage = {
    route: 'authenticator',
    heading: 'totp.title',
    of: ['authenticator'],
    verb: 'action',
  }
  const { get, post: send } = coolDown(changed, code, { removes: true })
  return { get: guard('authenticator', 'fresh', get), post: guard('authenticator', 'fresh', send) }
}
