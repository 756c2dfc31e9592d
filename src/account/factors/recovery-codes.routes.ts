import { z } from 'zod'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest, busy } from '../../web/problems.ts'
import type { SignedInUser } from '../sessions/account-guard.ts'
import { type FactorDeps, recordFactorChange } from './factors.ts'
import { recoveryCodesPage } from './recovery-codes.page.tsx'

const form = z.object({ action: field(20), code: optionalField(60) })

/**
 * « Codes de secours imprimés »: the sheet is shown once, in the response to the button, and stored only as hashes. It
 * comes into service when its first code is typed, which proves that the person has it.
 */
export const recoveryCodesRoutes = (deps: FactorDeps) => {
  const { store, guard, recoveryCodes } = deps
  const clientOf = (request: HandlerRequest, { session }: SignedInUser) => ({
    network: request.network.id,
    queueKey: session.id,
  })

  const page = async (
    request: HandlerRequest,
    { person, session }: SignedInUser,
    more: { sheet?: readonly string[]; wrong?: boolean } = {},
  ): Promise<HandlerResult> => {
    const ui = deps.ui(request.language)
    const [inService, waiting] = await Promise.all([
      recoveryCodes.find(person.id),
      recoveryCodes.isWaiting(person.id, session.origin),
    ])
    return {
      kind: 'page',
      status: more.wrong ? 422 : 200,
      page: recoveryCodesPage({
        ui,
        inService,
        waiting,
        login: person.login,
        sheet: more.sheet ?? null,
        wrong: more.wrong ?? false,
      }),
    }
  }

  const make = async (request: HandlerRequest, user: SignedInUser) => {
    const made = await recoveryCodes.make(user.person.id, user.session.origin, clientOf(request, user))
    return made.ok ? page(request, user, { sheet: made.codes }) : problem(busy, { retryAfter: 5 })
  }

  const confirm = async (request: HandlerRequest, user: SignedInUser, typed: string) => {
    const { id } = user.person
    const which = { waitingIn: user.session.origin }
    const read = await recoveryCodes.read(id, typed, which, clientOf(request, user))
    if (!read.ok) return problem(busy, { retryAfter: 5 })
    const confirmed = await store.transaction(async tx => {
      await deps.revocations.lockPersonRow(tx, id)
      const used = await recoveryCodes.confirm(tx, id, read.code)
      if (used)
        await recordFactorChange(deps, tx, { request, user, factor: 'recovery-codes', change: 'added' })
      return used !== null
    })
    return confirmed ? redirect(request.href('recoveryCodes')) : page(request, user, { wrong: true })
  }

  const remove = async (request: HandlerRequest, user: SignedInUser) => {
    const { person, session } = user
    await store.transaction(async tx => {
      await deps.revocations.lockPersonRow(tx, person.id)
      if (await recoveryCodes.remove(tx, person.id, session.origin))
        await recordFactorChange(deps, tx, { request, user, factor: 'recovery-codes', change: 'removed' })
    })
    return redirect(request.href('recoveryCodes'))
  }

  return {
    get: guard('recoveryCodes', 'fresh', (request, user) => page(request, user)),
    post: guard('recoveryCodes', 'fresh', async (request, user) => {
      const fields = form.safeParse(request.body)
      if (!fields.success) return problem(badRequest)
      const { action, code } = fields.data
      if (action === 'commencer') return make(request, user)
      if (action === 'retirer') return remove(request, user)
      return action === 'confirmer' ? confirm(request, user, code) : problem(badRequest)
    }),
  }
}
