import { z } from 'zod'
import type { Session } from '../../identity/session.ts'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
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
import type { FactorChanges } from './factors.ts'
import { newPasskeyPage, type PasskeyProblem, passkeysPage, tryPasskeyPage } from './passkeys.page.tsx'
import type { ProofChangeLimit } from './proof-change-limit.ts'

type Deps = {
  readonly guard: AccountGuard
  readonly coolDown: CoolDown
  readonly sessionForms: SessionForms
  readonly inSession: SessionTransaction
  readonly refusedByLimit: ProofChangeLimit
  readonly passkeys: Passkeys
  readonly factorChanges: FactorChanges
  readonly ui: (language: Language) => Ui
}

const listForm = z.object({ action: field(20), laquelle: optionalField(40) })
const newForm = z.object({ nom: optionalField(60), cle: field(12_000) })
const tryForm = z.object({ cle: field(12_000) })

/** A challenge is bound to this session. */
const holderOf = (session: Session) => `session:${session.id}`

async function list(
  deps: Deps,
  request: HandlerRequest,
  { person }: SignedInUser,
  refusal: PasskeyProblem | null,
  voided: readonly SecondFactorDescriptor[] = [],
): Promise<HandlerResult> {
  const { ui, passkeys } = deps
  return {
    kind: 'page',
    page: passkeysPage({
      ui: ui(request.language),
      passkeys: (await passkeys.list(person.id)).filter(({ inService }) => inService),
      voided,
      provesAfter: deps.factorChanges.provesAfter(person, 'passkey'),
      problem: refusal,
    }),
  }
}

type RefusedKey = { readonly refusal: PasskeyProblem }

/** Every refusal is shown by the list, from where the enrolment begins again. */
const refuse = (refusal: PasskeyProblem): Refused<RefusedKey> => ({
  kind: 'refused',
  shown: { refusal },
  at: { route: 'passkeys' },
})

async function remove(deps: Deps, request: HandlerRequest, user: SignedInUser, which: string) {
  const isRemoved = await deps.inSession(user.session, async tx => {
    const name = await deps.passkeys.remove(tx, user.person.id, which)
    if (name !== null)
      await deps.factorChanges.record(tx, { request, user, factor: 'passkey', change: 'removed', name })
    return name !== null
  })
  const here = request.href('passkeys')
  return isRemoved ? redirectDone(here, 'done-passkey-was-removed') : redirect(here)
}

async function postList(deps: Deps, request: HandlerRequest, user: SignedInUser): Promise<HandlerResult> {
  const fields = listForm.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  if (fields.data.action === 'retirer') return remove(deps, request, user, fields.data.laquelle)
  if (fields.data.action !== 'commencer') return problem(badRequest)
  const refusal = await deps.refusedByLimit(request, user.person.id)
  if (refusal) return refusal
  await deps.passkeys.begin(holderOf(user.session), 'enrol')
  return redirect(request.href('passkeyNew'))
}

async function showNew(
  { ui, passkeys }: Deps,
  request: HandlerRequest,
  { session, person }: SignedInUser,
): Promise<HandlerResult> {
  const { id, login, displayName } = person
  const options = await passkeys.enrolmentOptions(holderOf(session), { person: id, login, displayName })
  if (!options) return redirect(request.href('passkeys'))
  return {
    kind: 'page',
    page: newPasskeyPage({ ui: ui(request.language), options, name: request.device }),
  }
}

async function enrol(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<RefusedKey>> {
  const { ui, passkeys } = deps
  const fields = newForm.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const { nom, cle } = fields.data
  const holder = holderOf(user.session)
  const name = nom.trim() || ui(request.language).say('passkey.unnamed')
  const enrolled = await passkeys.enrol(holder, {
    person: user.person.id,
    session: user.session.origin,
    name,
    answer: cle,
  })
  if (!enrolled.ok) return refuse(enrolled.reason)
  await passkeys.begin(holder, 'prove')
  return redirect(request.href('passkeyTry'))
}

async function showTry(
  { ui, passkeys }: Deps,
  request: HandlerRequest,
  { session, person }: SignedInUser,
): Promise<HandlerResult> {
  const options = await passkeys.proofOptions(holderOf(session), person.id, session.origin)
  if (!options) return redirect(request.href('passkeys'))
  return { kind: 'page', page: tryPasskeyPage({ ui: ui(request.language), options }) }
}

async function confirm(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<RefusedKey>> {
  const { inSession, passkeys } = deps
  const fields = tryForm.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const { id } = user.person
  const read = await passkeys.verify(holderOf(user.session), fields.data.cle)
  if (!read.ok || read.person !== id) return refuse(read.ok ? 'passkey-refused' : read.reason)
  const confirmed = await inSession(user.session, tx =>
    deps.factorChanges.activate(tx, { request, user, factor: 'passkey' }, async () =>
      (await passkeys.confirm(tx, read.assertion, user.session.origin)) ? { replaced: false } : null,
    ),
  )
  if (!confirmed) return refuse('passkey-refused')
  return confirmed.voided.length > 0
    ? withDone(await list(deps, request, user, null, confirmed.voided), 'done-passkey-was-added')
    : redirectDone(request.href('passkeys'), 'done-passkey-was-added')
}

/** « Clés d'accès »: enrolled on one page, tried on the next, and in service from that first use on. */
export const passkeyRoutes = (deps: Deps) => {
  const { guard, coolDown, sessionForms } = deps
  const keys = sessionForms<SignedInUser, RefusedKey>(() => ({ route: 'passkeys' }), {
    view: (request, user, shown) => list(deps, request, user, shown?.refusal ?? null),
    submit: (request, user) => postList(deps, request, user),
  })
  const made = sessionForms<SignedInUser, RefusedKey>(() => ({ route: 'passkeyNew' }), {
    view: (request, user) => showNew(deps, request, user),
    also: [{ route: 'passkeys' }],
    submit: (request, user) => enrol(deps, request, user),
  })
  const tried = sessionForms<SignedInUser, RefusedKey>(() => ({ route: 'passkeyTry' }), {
    view: (request, user) => showTry(deps, request, user),
    also: [{ route: 'passkeys' }],
    submit: (request, user) => confirm(deps, request, user),
  })
  const page: ChangePage = { route: 'passkeys', heading: 'passkey.title', of: ['passkey'], verb: 'action' }
  const guarded = (handlers: Parameters<typeof coolDown>[1], removes = false) => {
    const { get, post } = coolDown(page, handlers, { removes })
    return { get: guard('passkeys', 'fresh', get), post: guard('passkeys', 'fresh', post) }
  }
  return { passkeys: guarded(keys, true), passkeyNew: guarded(made), passkeyTry: guarded(tried) }
}
