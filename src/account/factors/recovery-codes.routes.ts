import { z } from 'zod'
import type { RecoveryCodes } from '../../proofs/recovery-code/recovery-code.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { ChangePage } from '../cool-down/changes.ts'
import type { CoolDown } from '../cool-down/cool-down.ts'
import { redirectDone } from '../done.ts'
import type { AccountGuard, SignedInUser } from '../sessions/account-guard.ts'
import type { Refused, SessionForms } from '../sessions/refused-forms.ts'
import type { SessionTransaction } from '../sessions/session-transaction.ts'
import type { FactorChanges } from './factors.ts'
import type { ProofChangeLimit } from './proof-change-limit.ts'
import { recoveryCodesPage } from './recovery-codes.page.tsx'

type Deps = {
  readonly guard: AccountGuard
  readonly coolDown: CoolDown
  readonly sessionForms: SessionForms
  readonly inSession: SessionTransaction
  readonly refusedByLimit: ProofChangeLimit
  readonly recoveryCodes: RecoveryCodes
  readonly factorChanges: FactorChanges
  readonly ui: (language: Language) => Ui
}

const form = z.object({ action: field(20), code: optionalField(60) })

const clientOf = (request: HandlerRequest, { session }: SignedInUser) => ({
  network: request.network.id,
  queueKey: session.id,
})

async function page(
  deps: Deps,
  request: HandlerRequest,
  { person, session }: SignedInUser,
  more: { sheet?: readonly string[]; wrong?: boolean } = {},
): Promise<HandlerResult> {
  const { recoveryCodes } = deps
  const ui = deps.ui(request.language)
  const [inService, waiting] = await Promise.all([
    recoveryCodes.find(person.id),
    recoveryCodes.isWaiting(person.id, session.origin),
  ])
  return {
    kind: 'page',
    page: recoveryCodesPage({
      ui,
      inService,
      waiting,
      login: person.login,
      sheet: more.sheet ?? null,
      provesAfter: deps.factorChanges.provesAfter(person, 'recovery-code'),
      wrong: more.wrong ?? false,
    }),
  }
}

async function make(deps: Deps, request: HandlerRequest, user: SignedInUser) {
  const refusal = await deps.refusedByLimit(request, user.person.id)
  if (refusal) return refusal
  const client = clientOf(request, user)
  const made = await deps.recoveryCodes.make(user.person.id, user.session.origin, client)
  return made.ok ? page(deps, request, user, { sheet: made.codes }) : problem(busy, { retryAfter: 5 })
}

type WrongCode = { readonly wrong: true }

async function confirm(deps: Deps, request: HandlerRequest, user: SignedInUser, typed: string) {
  const { inSession, recoveryCodes } = deps
  const { id } = user.person
  const which = { waitingIn: user.session.origin }
  const read = await recoveryCodes.read(id, typed, which, clientOf(request, user))
  if (!read.ok) return problem(busy, { retryAfter: 5 })
  const confirmed = await inSession(user.session, async tx => {
    const used = await recoveryCodes.confirm(tx, id, read.code)
    const change = { request, user, factor: 'recovery-codes', change: 'added', replaced: true } as const
    if (used) await deps.factorChanges.record(tx, change)
    return used !== null
  })
  return confirmed
    ? redirectDone(request.href('recoveryCodes'), 'done-printed-codes-were-added')
    : ({ kind: 'refused', shown: { wrong: true } } satisfies Refused<WrongCode>)
}

async function remove(deps: Deps, request: HandlerRequest, user: SignedInUser) {
  const { person, session } = user
  const isRemoved = await deps.inSession(session, async tx => {
    if (!(await deps.recoveryCodes.remove(tx, person.id, session.origin))) return false
    await deps.factorChanges.record(tx, { request, user, factor: 'recovery-codes', change: 'removed' })
    return true
  })
  const here = request.href('recoveryCodes')
  return isRemoved ? redirectDone(here, 'done-printed-codes-were-removed') : redirect(here)
}

async function post(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<WrongCode>> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const { action, code } = fields.data
  if (action === 'commencer') return make(deps, request, user)
  if (action === 'retirer') return remove(deps, request, user)
  return action === 'confirmer' ? confirm(deps, request, user, code) : problem(badRequest)
}

/**
 * « Codes de secours imprimés »: the sheet is shown once, in the response to the button, and stored only as hashes. It
 * comes into service when its first code is typed, which proves that the person has it.
 */
export const recoveryCodesRoutes = (deps: Deps) => {
  const { guard, coolDown, sessionForms } = deps
  const handlers = sessionForms<SignedInUser, WrongCode>(() => ({ route: 'recoveryCodes' }), {
    view: (request, user, wrong) => page(deps, request, user, wrong ?? {}),
    submit: (request, user) => post(deps, request, user),
  })
  const changed: ChangePage = {
    route: 'recoveryCodes',
    heading: 'codes.title',
    of: ['recovery-codes'],
    verb: 'action',
  }
  const { get, post: send } = coolDown(changed, handlers, { removes: true })
  return { get: guard('recoveryCodes', 'fresh', get), post: guard('recoveryCodes', 'fresh', send) }
}
