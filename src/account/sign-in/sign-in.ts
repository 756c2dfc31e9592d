import { z } from 'zod'
import type { PersonId } from '../../directory/directory.ts'
import { isAsked, type SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Store } from '../../store/store.ts'
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
import { type Entering, pageOf } from './entering.ts'
import {
  authenticationFault,
  type ClosedProblem,
  closedProblem,
  faultAnswer,
  type PasswordAuthenticator,
  provedBy,
} from './password-authenticator.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import { signInPage } from './sign-in.page.tsx'

const form = z.object({ identifiant: field(200), motdepasse: field(4096) })

export type SignInDeps = {
  readonly store: Store
  readonly passwordAuthenticator: PasswordAuthenticator
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly entering: Entering
  readonly ui: (language: Language) => Ui
}

/** The embedded sign-in: a fresh bind opens a session. It refuses everybody in the same words and at the same beat. */
export const signIn = (deps: SignInDeps) => {
  const { store, passwordAuthenticator, secondFactor, pendingSignIns, entering } = deps

  /** Somebody who has a second factor is asked for it: the right password alone opens nothing. */
  const askMore = async (request: HandlerRequest, person: PersonId) => {
    if (!isAsked(await secondFactor.of(person))) return null
    const begun = { person, provedAt: request.arrivedAt, how: { by: 'embedded' }, confirms: null } as const
    const { cookie } = await store.transaction(tx =>
      pendingSignIns.open(tx, begun, request.cookie('entering')),
    )
    return redirect(request.href('secondFactor', { page: pageOf(request) }), [cookie])
  }

  const enter = async (request: HandlerRequest, person: PersonId, login: string) => {
    const more = await askMore(request, person)
    if (more) return more
    const cookies = await store.transaction(tx =>
      entering.open(tx, request, { person, how: { by: 'embedded' }, provedAt: request.arrivedAt }),
    )
    return cookies ? entering.enter(request, cookies) : refuse(request, login)
  }

  const refuse = (
    request: HandlerRequest,
    login: string,
    problem: ClosedProblem | { readonly reason: 'sign-in-refused' } = { reason: 'sign-in-refused' },
  ): HandlerResult => ({
    kind: 'page',
    status: problem.reason === 'sign-in-refused' ? 422 : 429,
    page: signInPage({
      ui: deps.ui(request.language),
      login,
      problem,
      returnTo: request.params.page ?? null,
    }),
  })

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem('bad-request')
    const login = fields.data.identifiant.trim()
    const checked = await passwordAuthenticator.check(request, login, fields.data.motdepasse)
    if (checked.ok) return enter(request, checked.person.id, login)
    const fault = authenticationFault(checked)
    if (fault) return faultAnswer(request, fault)
    const closed = closedProblem(checked)
    if (closed) return refuse(request, login, closed)
    if (provedBy(checked)) return redirect(request.href('expiredPassword'))
    return refuse(request, login)
  }

  return {
    page: (ui: Ui, returnTo: string | null) => signInPage({ ui, login: '', problem: null, returnTo }),
    post,
  }
}
