import { z } from 'zod'
import type { Directory } from '../../directory/directory.ts'
import { directoryUnavailable } from '../../directory/problem.ts'
import { type PendingSignIns, pendingSignInCookie } from '../../identity/pending-sign-ins.ts'
import type { Session } from '../../identity/session.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { Refused } from '../sessions/refused-forms.ts'
import { returnNameOf } from './complete-sign-in.ts'
import { confirmPage } from './confirm.page.tsx'
import {
  authenticationFault,
  type ClosedProblem,
  closedProblem,
  faultResponse,
  type PasswordAuthenticator,
  provedPerson,
} from './password-authenticator.ts'
import { renewSession, type SessionConfirmationDeps, withSession } from './session-confirmation.ts'

type RefusedPassword = { readonly reason: 'password-refused' }

const form = z.object({ motdepasse: field(4096) })

export type ConfirmDeps = SessionConfirmationDeps & {
  readonly directory: Directory
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  /** Where people sign in at the institution's server, it asks for the proof and no password is typed here. */
  readonly external: {
    readonly host: string
    readonly confirm: (request: HandlerRequest) => Promise<HandlerResult>
  } | null
  readonly ui: (language: Language) => Ui
}

async function page(
  { ui, external, secondFactor }: ConfirmDeps,
  request: HandlerRequest,
  session: Session,
  refused: RefusedPassword | ClosedProblem | null,
): Promise<HandlerResult> {
  return {
    kind: 'page',
    status: refused && refused.reason !== 'password-refused' ? 429 : 200,
    page: confirmPage({
      ui: ui(request.language),
      returnTo: returnNameOf(request),
      refused,
      host: external?.host ?? null,
      hasPasskey: (await secondFactor.of(session.person)).count.passkey > 0,
    }),
  }
}

/** Redirects to the page that asks for the second factor at sign-in; its answer makes this session fresh. */
async function askFactor(
  { store, pendingSignIns }: ConfirmDeps,
  request: HandlerRequest,
  { id, person }: Session,
): Promise<HandlerResult> {
  const proof = { by: 'embedded' } as const
  const pending = { person, provedAt: request.arrivedAt, proof, confirms: id }
  const { cookie } = await store.transaction(tx =>
    pendingSignIns.open(tx, pending, request.cookie(pendingSignInCookie)),
  )
  return redirect(request.href('secondFactor', { page: returnNameOf(request) }), [cookie])
}

async function confirmByPassword(
  deps: ConfirmDeps,
  request: HandlerRequest,
  session: Session,
): Promise<HandlerResult | Refused<RefusedPassword>> {
  const { directory, passwordAuthenticator, secondFactor } = deps
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const found = await directory.read(session.person)
  if (!found.ok) return problem(directoryUnavailable)
  const checked = await passwordAuthenticator.check(
    request,
    found.person?.login ?? '',
    fields.data.motdepasse,
    { signedIn: true },
  )
  const fault = authenticationFault(checked)
  if (fault) return faultResponse(request, fault)
  const closed = closedProblem(checked)
  if (closed) return page(deps, request, session, closed)
  if (provedPerson(checked)?.id !== session.person)
    return { kind: 'refused', shown: { reason: 'password-refused' } }
  if (isAsked(await secondFactor.of(session.person))) return askFactor(deps, request, session)
  return checked.ok
    ? renewSession(deps, request, { session }, async () => ({ factor: null }))
    : redirect(request.href('expiredPassword'))
}

/**
 * « Confirmez que c'est vous »: a sensitive change asks for a recent proof, either the one of sign-in (the directory's
 * password, or the institution's server) or a passkey. A password alone confirms nothing for a person who has a second
 * factor: otherwise a thief of that password could remove the factor (ASVS 7.5.1, 7.5.3).
 */
export const confirmRoutes = (deps: ConfirmDeps) => {
  const { external, sessionForms } = deps
  const handlers = sessionForms<{ readonly session: Session }, RefusedPassword>(
    request => ({ route: 'confirm', params: { page: returnNameOf(request) } }),
    {
      view: (request, { session }, refused) => page(deps, request, session, refused),
      submit: (request, { session }) =>
        external ? external.confirm(request) : confirmByPassword(deps, request, session),
    },
  )
  return {
    get: withSession(deps, (request, session) => handlers.get(request, { session })),
    post: withSession(deps, (request, session) => handlers.post(request, { session })),
  }
}
