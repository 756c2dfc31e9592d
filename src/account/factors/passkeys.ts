import { z } from 'zod'
import { type Answer, type Ask, go, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import type { Session } from '../sessions/session.ts'
import type { Signed } from '../sessions/signed.ts'
import { type FactorParts, putInService, tellChange } from './factors.ts'
import { newPasskeyPage, type PasskeyProblem, passkeysPage, tryPasskeyPage } from './passkeys.page.tsx'

const listForm = z.object({ action: field(20), laquelle: optionalField(40) })
const newForm = z.object({ nom: optionalField(60), cle: field(12_000) })
const tryForm = z.object({ cle: field(12_000) })

/** The one who must answer a challenge: this session and no other. */
const holderOf = (session: Session) => `session:${session.id}`

/** « Clés d'accès »: made on one page, tried on the next, and in service from that first use on. */
export const passkeyRoutes = (parts: FactorParts) => {
  const { store, guard, passkeys } = parts

  const list = async (
    ask: Ask,
    { person }: Signed,
    refusal: PasskeyProblem | null,
    voided = false,
  ): Promise<Answer> => ({
    kind: 'page',
    status: refusal ? 422 : 200,
    page: passkeysPage({
      ui: parts.ui(ask.language),
      passkeys: (await passkeys.list(person.id)).filter(({ inService }) => inService),
      voided,
      problem: refusal,
    }),
  })

  const remove = async (ask: Ask, signed: Signed, which: string) => {
    await store.transaction(async tx => {
      await parts.revocations.hold(tx, signed.person.id)
      const name = await passkeys.remove(tx, signed.person.id, which)
      if (name !== null)
        await tellChange(parts, tx, { ask, signed, factor: 'passkey', change: 'removed', name })
    })
    return go(ask.href('passkeys'))
  }

  const passkeysRoutes = {
    get: guard('passkeys', 'fresh', (ask, signed) => list(ask, signed, null)),
    post: guard('passkeys', 'fresh', async (ask, signed) => {
      const fields = listForm.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      if (fields.data.action === 'retirer') return remove(ask, signed, fields.data.laquelle)
      if (fields.data.action !== 'commencer') return problem('bad-request')
      await passkeys.begin(holderOf(signed.session), 'enrol')
      return go(ask.href('passkeyNew'))
    }),
  }

  const passkeyNew = {
    get: guard('passkeys', 'fresh', async (ask, { session, person }) => {
      const { id, login, displayName } = person
      const options = await passkeys.toEnrol(holderOf(session), { person: id, login, displayName })
      if (!options) return go(ask.href('passkeys'))
      return {
        kind: 'page',
        page: newPasskeyPage({ ui: parts.ui(ask.language), options, name: ask.device }),
      } satisfies Answer
    }),
    post: guard('passkeys', 'fresh', async (ask, signed) => {
      const fields = newForm.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      const { nom, cle } = fields.data
      const holder = holderOf(signed.session)
      const name = nom.trim() || parts.ui(ask.language).say('passkey.unnamed')
      const made = await passkeys.enrol(holder, {
        ...{ person: signed.person.id, session: signed.session.origin },
        ...{ name, answer: cle },
      })
      if (!made.ok) return list(ask, signed, made.reason)
      await passkeys.begin(holder, 'prove')
      return go(ask.href('passkeyTry'))
    }),
  }

  const confirm = async (ask: Ask, signed: Signed, cle: string) => {
    const { id } = signed.person
    const read = await passkeys.read(holderOf(signed.session), cle)
    if (!read.ok || read.shown.person !== id)
      return list(ask, signed, read.ok ? 'passkey-refused' : read.reason)
    const confirmed = await store.transaction(tx =>
      putInService(parts, tx, { ask, signed, factor: 'passkey' }, async () =>
        (await passkeys.confirm(tx, read.shown, signed.session.origin)) ? { replaced: false } : null,
      ),
    )
    if (!confirmed) return list(ask, signed, 'passkey-refused')
    return confirmed.voided ? list(ask, signed, null, true) : go(ask.href('passkeys'))
  }

  const passkeyTry = {
    get: guard('passkeys', 'fresh', async (ask, { session, person }) => {
      const options = await passkeys.toProve(holderOf(session), person.id, session.origin)
      if (!options) return go(ask.href('passkeys'))
      return {
        kind: 'page',
        page: tryPasskeyPage({ ui: parts.ui(ask.language), options }),
      } satisfies Answer
    }),
    post: guard('passkeys', 'fresh', async (ask, signed) => {
      const fields = tryForm.safeParse(ask.body)
      return fields.success ? confirm(ask, signed, fields.data.cle) : problem('bad-request')
    }),
  }

  return { passkeys: passkeysRoutes, passkeyNew, passkeyTry }
}
