import { z } from 'zod'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import type { Signed } from '../sessions/signed.ts'
import { type FactorDeps, tellChange } from './factors.ts'
import { recoveryCodesPage } from './recovery-codes.page.tsx'

const form = z.object({ action: field(20), code: optionalField(60) })

/**
 * « Codes de secours imprimés »: the sheet is shown once, in the answer to the button, and kept nowhere in clear. It
 * serves once a first code was typed from it: whoever typed one has it in hand.
 */
export const recoveryCodesRoutes = (deps: FactorDeps) => {
  const { store, guard, recoveryCodes } = deps
  const whoOf = (request: HandlerRequest, { session }: Signed) => ({
    network: request.network.id,
    journey: session.id,
  })

  const page = async (
    request: HandlerRequest,
    { person, session }: Signed,
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
        ...{ ui, inService, waiting, login: person.login },
        ...{ sheet: more.sheet ?? null, wrong: more.wrong ?? false },
      }),
    }
  }

  const make = async (request: HandlerRequest, signed: Signed) => {
    const made = await recoveryCodes.make(signed.person.id, signed.session.origin, whoOf(request, signed))
    return made.ok ? page(request, signed, { sheet: made.codes }) : problem('busy', { retryAfter: 5 })
  }

  const confirm = async (request: HandlerRequest, signed: Signed, typed: string) => {
    const { id } = signed.person
    const which = { waitingIn: signed.session.origin }
    const read = await recoveryCodes.read(id, typed, which, whoOf(request, signed))
    if (!read.ok) return problem('busy', { retryAfter: 5 })
    const confirmed = await store.transaction(async tx => {
      await deps.revocations.hold(tx, id)
      const used = await recoveryCodes.confirm(tx, id, read.code)
      if (used) await tellChange(deps, tx, { request, signed, factor: 'recovery-codes', change: 'added' })
      return used !== null
    })
    return confirmed ? redirect(request.href('recoveryCodes')) : page(request, signed, { wrong: true })
  }

  const remove = async (request: HandlerRequest, signed: Signed) => {
    const { person, session } = signed
    await store.transaction(async tx => {
      await deps.revocations.hold(tx, person.id)
      if (await recoveryCodes.remove(tx, person.id, session.origin))
        await tellChange(deps, tx, { request, signed, factor: 'recovery-codes', change: 'removed' })
    })
    return redirect(request.href('recoveryCodes'))
  }

  return {
    get: guard('recoveryCodes', 'fresh', (request, signed) => page(request, signed)),
    post: guard('recoveryCodes', 'fresh', async (request, signed) => {
      const fields = form.safeParse(request.body)
      if (!fields.success) return problem('bad-request')
      const { action, code } = fields.data
      if (action === 'commencer') return make(request, signed)
      if (action === 'retirer') return remove(request, signed)
      return action === 'confirmer' ? confirm(request, signed, code) : problem('bad-request')
    }),
  }
}
