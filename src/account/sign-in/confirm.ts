import { z } from 'zod'
import type { Directory } from '../../directory/directory.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
} from '../../web/handler.ts'
import type { Session } from '../sessions/session.ts'
import { confirmPage } from './confirm.page.tsx'
import { type ConfirmingDeps, confirming } from './confirming.ts'
import { pageOf } from './entering.ts'
import {
  authenticationFault,
  type ClosedProblem,
  closedProblem,
  faultAnswer,
  type PasswordAuthenticator,
  provedBy,
} from './password-authenticator.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'

type Refused = { readonly reason: 'password-refused' } | ClosedProblem

const form = z.object({ motdepasse: field(4096) })

type Deps = ConfirmingDeps & {
  readonly directory: Directory
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  /** The institution's server, where people sign in there: it asks again, and no password is typed here. */
  readonly elsewhere: {
    readonly host: string
    readonly confirm: (request: HandlerRequest) => Promise<HandlerResult>
  } | null
  readonly ui: (language: Language) => Ui
}

/**
 * « Confirmez que c'est vous »: a sensitive change asks for a recent proof. It is given where people sign in, by the
 * password of the directory or at the institution's server, or with a passkey. A password alone confirms nothing for
 * somebody who has a second factor: else a thief of that password would take the factor away (ASVS 7.5.1, 7.5.3).
 */
export const confirm = (deps: Deps) => {
  const { store, directory, passwordAuthenticator, secondFactor, pendingSignIns, elsewhere } = deps
  const { guarded, renewed } = confirming(deps)

  const page = async (
    request: HandlerRequest,
    session: Session,
    refused: Refused | null,
  ): Promise<HandlerResult> => ({
    kind: 'page',
    status: refused ? (refused.reason === 'password-refused' ? 422 : 429) : 200,
    page: confirmPage({
      ui: deps.ui(request.language),
      returnTo: pageOf(request),
      refused,
      host: elsewhere?.host ?? null,
      hasPasskey: (await secondFactor.of(session.person)).passkeys > 0,
    }),
  })

  /** The second factor is asked for where sign-in asks for it; then the session goes on, fresh. */
  const askFactor = async (request: HandlerRequest, { id, person }: Session): Promise<HandlerResult> => {
    const begun = { person, provedAt: request.arrivedAt, how: { by: 'embedded' }, confirms: id } as const
    const { cookie } = await store.transaction(tx =>
      pendingSignIns.open(tx, begun, request.cookie('entering')),
    )
    return redirect(request.href('secondFactor', { page: pageOf(request) }), [cookie])
  }

  const byPassword = async (request: HandlerRequest, session: Session): Promise<HandlerResult> => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem('bad-request')
    const found = await directory.read(session.person)
    if (!found.ok) return problem('directory-unavailable')
    const checked = await passwordAuthenticator.check(
      request,
      found.person?.login ?? '',
      fields.data.motdepasse,
    )
    const fault = authenticationFault(checked)
    if (fault) return faultAnswer(request, fault)
    const closed = closedProblem(checked)
    if (closed) return page(request, session, closed)
    if (provedBy(checked)?.id !== session.person)
      return page(request, session, { reason: 'password-refused' })
    if (isAsked(await secondFactor.of(session.person))) return askFactor(request, session)
    return checked.ok
      ? renewed(request, session, async () => ({ factor: null }))
      : redirect(request.href('expiredPassword'))
  }

  const get: Handler = guarded((request, session) => page(request, session, null))
  const post: Handler = guarded((request, session) =>
    elsewhere ? elsewhere.confirm(request) : byPassword(request, session),
  )
  return { get, post }
}
