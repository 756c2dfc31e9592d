import { z } from 'zod'
import type { IdentityServer, Leaving } from '../../../identity-server/identity-server.ts'
import type { Limits } from '../../../limits.ts'
import type { Store } from '../../../store/store.ts'
import type { Language } from '../../../texts/texts.ts'
import type { Ui } from '../../../ui/ui.ts'
import { type Answer, type Ask, go, type Handler, problem, tooMany } from '../../../web/ask.ts'
import type { Doors } from '../../../web/doors.ts'
import { checkbox } from '../../../web/form.ts'
import { pageOf } from '../entering.ts'
import { signInDoor } from '../sign-in-door.ts'
import type { ExternalSignIn, ExternalSignIns } from './external-sign-ins.ts'
import { leavePage } from './leave.page.tsx'

const form = z.object({ frais: checkbox() })

export type LeavingParts = {
  readonly store: Store
  readonly limits: Limits
  readonly doors: Doors
  readonly externalSignIns: ExternalSignIns
  readonly server: IdentityServer
  /** Scheme and host of the portal: the server sends browsers back there, whatever host they asked for. */
  readonly origin: string
  readonly ui: (language: Language) => Ui
}

/** How this browser left, and will be known again. */
export const leavingOf = (
  { externalSignIns, origin }: Pick<LeavingParts, 'externalSignIns' | 'origin'>,
  ask: Ask,
  away: { cookie: string; fresh: boolean },
): Leaving => ({
  ...externalSignIns.secretsOf(away.cookie),
  returnTo: new URL(ask.href('signInReturn'), origin),
  language: ask.language,
  fresh: away.fresh,
})

/**
 * Leaving for the institution's server. A button begins it, so that no look leaves a cookie behind; the page after it
 * leads on by itself, whatever hosts that server passes through (docs/decisions/012-external-sign-in.md).
 */
export const leaving = (parts: LeavingParts) => {
  const { store, externalSignIns, server } = parts
  const networkOpensAt = signInDoor(parts)

  const begin = async (
    ask: Ask,
    begun: Pick<ExternalSignIn, 'page' | 'purpose' | 'fresh'>,
  ): Promise<Answer> => {
    const opensAt = await networkOpensAt(ask)
    if (opensAt !== null) return tooMany(ask, opensAt)
    const cookie = await store.transaction(tx => externalSignIns.open(tx, begun))
    return go(ask.href('signInLeave'), [cookie])
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    return begin(ask, { page: pageOf(ask), purpose: 'sign-in', fresh: fields.data.frais })
  }

  const get: Handler = async ask => {
    const cookie = ask.cookie('away')
    const away = await externalSignIns.find(cookie)
    if (!cookie || !away) return go(ask.href('signIn'))
    const left = await server.depart(leavingOf(parts, ask, { cookie, fresh: away.fresh }))
    if (!left.ok) return problem(left.reason)
    const page = leavePage({ ui: parts.ui(ask.language), to: left.to, purpose: away.purpose })
    return { kind: 'page', page, leadsOn: left.to, secretUrl: true }
  }

  return {
    post,
    get,
    /** « Confirmez que c'est vous »: the server asks again, whoever is signed in there. */
    confirm: (ask: Ask) => begin(ask, { page: pageOf(ask), purpose: 'confirm', fresh: true }),
  }
}
