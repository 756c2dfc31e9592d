import { z } from 'zod'
import type { Passkeys } from '../../proofs/passkey/passkey.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, go, problem } from '../../web/ask.ts'
import { field } from '../../web/form.ts'
import type { Session } from '../sessions/session.ts'
import { confirmPasskeyPage } from './confirm-passkey.page.tsx'
import { type ConfirmingParts, confirming } from './confirming.ts'
import { pageOf } from './entering.ts'

const form = z.object({ cle: field(12_000).optional() })

type Parts = ConfirmingParts & {
  readonly passkeys: Passkeys
  readonly secondFactor: SecondFactor
  readonly ui: (language: Language) => Ui
}

const holderOf = ({ id }: Session) => `confirm:${id}`

/** « Confirmez que c'est vous » with a passkey, which is two factors in one. */
export const confirmPasskey = (parts: Parts) => {
  const { passkeys, secondFactor } = parts
  const { guarded, renewed } = confirming(parts)

  const page = async (ask: Ask, session: Session, refused: boolean): Promise<Answer> => {
    const options = await passkeys.toProve(holderOf(session), session.person)
    if (!options) return go(ask.href('confirm', { page: pageOf(ask) }))
    const ui = parts.ui(ask.language)
    return {
      kind: 'page',
      status: refused ? 422 : 200,
      page: confirmPasskeyPage({ ui, options, returnTo: pageOf(ask), refused }),
    }
  }

  const begin = async (ask: Ask, session: Session) => {
    if ((await secondFactor.of(session.person)).passkeys > 0) await passkeys.begin(holderOf(session), 'prove')
    return go(ask.href('confirmPasskey', { page: pageOf(ask) }))
  }

  const again = async (ask: Ask, session: Session) => {
    await passkeys.begin(holderOf(session), 'prove')
    return page(ask, session, true)
  }

  return {
    get: guarded((ask, session) => page(ask, session, false)),
    post: guarded(async (ask, session) => {
      const fields = form.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      if (fields.data.cle === undefined) return begin(ask, session)
      const read = await passkeys.read(holderOf(session), fields.data.cle)
      if (!read.ok || read.shown.person !== session.person) return again(ask, session)
      const given = { by: 'passkey', shown: read.shown } as const
      return renewed(ask, session, async tx => {
        const { verdict } = await secondFactor.judge(tx, session.person, given, ask.language)
        return verdict === 'right' ? { factor: 'passkey' } : null
      })
    }),
  }
}
