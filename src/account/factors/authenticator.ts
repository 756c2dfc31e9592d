import { z } from 'zod'
import { foldDigits } from '../../proofs/authenticator/authenticator.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import type { Signed } from '../sessions/signed.ts'
import { type AuthenticatorProblem, authenticatorPage } from './authenticator.page.tsx'
import { type FactorDeps, putInService, tellChange } from './factors.ts'

const form = z.object({ action: field(20), code: optionalField(40) })

/** « Application d'authentification »: offered as a picture and as letters, in service from its first code on. */
export const authenticatorRoutes = (deps: FactorDeps) => {
  const { store, guard, authenticators } = deps

  const page = async (
    request: HandlerRequest,
    { person, session }: Signed,
    { refusal = null, voided = false }: { refusal?: AuthenticatorProblem | null; voided?: boolean } = {},
  ): Promise<HandlerResult> => {
    const ui = deps.ui(request.language)
    const names = { issuer: `${ui.branding.product} ${ui.branding.institution}`, label: person.login }
    const [inService, offer] = await Promise.all([
      authenticators.find(person.id),
      authenticators.offer(person.id, session.origin, names),
    ])
    return {
      kind: 'page',
      status: refusal ? 422 : 200,
      page: authenticatorPage({ ui, since: inService?.since ?? null, offer, voided, problem: refusal }),
    }
  }

  const begin = async (request: HandlerRequest, { person, session }: Signed) => {
    await store.transaction(tx => authenticators.begin(tx, person.id, session.origin))
    return redirect(request.href('authenticator'))
  }

  const confirm = async (request: HandlerRequest, signed: Signed, typed: string) => {
    const digits = foldDigits(typed)
    if (!digits) return page(request, signed, { refusal: 'totp-form' })
    const { person, session } = signed
    const confirmed = await store.transaction(tx =>
      putInService(deps, tx, { request, signed, factor: 'authenticator' }, () =>
        authenticators.confirm(tx, person.id, session.origin, digits),
      ),
    )
    if (!confirmed) return page(request, signed, { refusal: 'totp-wrong' })
    return confirmed.voided
      ? page(request, signed, { voided: true })
      : redirect(request.href('authenticator'))
  }

  const remove = async (request: HandlerRequest, signed: Signed) => {
    const { person, session } = signed
    await store.transaction(async tx => {
      await deps.revocations.hold(tx, person.id)
      if (await authenticators.remove(tx, person.id, session.origin))
        await tellChange(deps, tx, { request, signed, factor: 'authenticator', change: 'removed' })
    })
    return redirect(request.href('authenticator'))
  }

  return {
    get: guard('authenticator', 'fresh', (request, signed) => page(request, signed)),
    post: guard('authenticator', 'fresh', async (request, signed) => {
      const fields = form.safeParse(request.body)
      if (!fields.success) return problem('bad-request')
      const { action, code } = fields.data
      if (action === 'commencer') return begin(request, signed)
      if (action === 'retirer') return remove(request, signed)
      return action === 'confirmer' ? confirm(request, signed, code) : problem('bad-request')
    }),
  }
}
