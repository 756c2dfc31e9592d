import { z } from 'zod'
import type { Session } from '../../identity/session.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { SignedInUser } from '../sessions/account-guard.ts'
import { activateFactor, type FactorDeps, recordFactorChange } from './factors.ts'
import { newPasskeyPage, type PasskeyProblem, passkeysPage, tryPasskeyPage } from './passkeys.page.tsx'

const listForm = z.object({ action: field(20), laquelle: optionalField(40) })
const newForm = z.object({ nom: optionalField(60), cle: field(12_000) })
const tryForm = z.object({ cle: field(12_000) })

/** A challenge is bound to this session. */
const holderOf = (session: Session) => `session:${session.id}`

/** « Clés d'accès »: enrolled on one page, tried on the next, and in service from that first use on. */
export const passkeyRoutes = (deps: FactorDeps) => {
  const { store, guard, passkeys } = deps

  const list = async (
    request: HandlerRequest,
    { person }: SignedInUser,
    refusal: PasskeyProblem | null,
    voided = false,
  ): Promise<HandlerResult> => ({
    kind: 'page',
    status: refusal ? 422 : 200,
    page: passkeysPage({
      ui: deps.ui(request.language),
      passkeys: (await passkeys.list(person.id)).filter(({ inService }) => inService),
      voided,
      problem: refusal,
    }),
  })

  const remove = async (request: HandlerRequest, user: SignedInUser, which: string) => {
    await store.transaction(async tx => {
      await deps.revocations.lockPersonRow(tx, user.person.id)
      const name = await passkeys.remove(tx, user.person.id, which)
      if (name !== null)
        await recordFactorChange(deps, tx, { request, user, factor: 'passkey', change: 'removed', name })
    })
    return redirect(request.href('passkeys'))
  }

  const passkeysRoutes = {
    get: guard('passkeys', 'fresh', (request, user) => list(request, user, null)),
    post: guard('passkeys', 'fresh', async (request, user) => {
      const fields = listForm.safeParse(request.body)
      if (!fields.success) return problem(badRequest)
      if (fields.data.action === 'retirer') return remove(request, user, fields.data.laquelle)
      if (fields.data.action !== 'commencer') return problem(badRequest)
      await passkeys.begin(holderOf(user.session), 'enrol')
      return redirect(request.href('passkeyNew'))
    }),
  }

  const passkeyNew = {
    get: guard('passkeys', 'fresh', async (request, { session, person }) => {
      const { id, login, displayName } = person
      const options = await passkeys.enrolmentOptions(holderOf(session), { person: id, login, displayName })
      if (!options) return redirect(request.href('passkeys'))
      return {
        kind: 'page',
        page: newPasskeyPage({ ui: deps.ui(request.language), options, name: request.device }),
      } satisfies HandlerResult
    }),
    post: guard('passkeys', 'fresh', async (request, user) => {
      const fields = newForm.safeParse(request.body)
      if (!fields.success) return problem(badRequest)
      const { nom, cle } = fields.data
      const holder = holderOf(user.session)
      const name = nom.trim() || deps.ui(request.language).say('passkey.unnamed')
      const enrolled = await passkeys.enrol(holder, {
        person: user.person.id,
        session: user.session.origin,
        name,
        answer: cle,
      })
      if (!enrolled.ok) return list(request, user, enrolled.reason)
      await passkeys.begin(holder, 'prove')
      return redirect(request.href('passkeyTry'))
    }),
  }

  const confirm = async (request: HandlerRequest, user: SignedInUser, cle: string) => {
    const { id } = user.person
    const read = await passkeys.read(holderOf(user.session), cle)
    if (!read.ok || read.assertion.person !== id)
      return list(request, user, read.ok ? 'passkey-refused' : read.reason)
    const confirmed = await store.transaction(tx =>
      activateFactor(deps, tx, { request, user, factor: 'passkey' }, async () =>
        (await passkeys.confirm(tx, read.assertion, user.session.origin)) ? { replaced: false } : null,
      ),
    )
    if (!confirmed) return list(request, user, 'passkey-refused')
    return confirmed.voided ? list(request, user, null, true) : redirect(request.href('passkeys'))
  }

  const passkeyTry = {
    get: guard('passkeys', 'fresh', async (request, { session, person }) => {
      const options = await passkeys.proofOptions(holderOf(session), person.id, session.origin)
      if (!options) return redirect(request.href('passkeys'))
      return {
        kind: 'page',
        page: tryPasskeyPage({ ui: deps.ui(request.language), options }),
      } satisfies HandlerResult
    }),
    post: guard('passkeys', 'fresh', async (request, user) => {
      const fields = tryForm.safeParse(request.body)
      return fields.success ? confirm(request, user, fields.data.cle) : problem(badRequest)
    }),
  }

  return { passkeys: passkeysRoutes, passkeyNew, passkeyTry }
}
