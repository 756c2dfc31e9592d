import { z } from 'zod'
import type { IdentityServer, Leaving } from '../../../identity-server/identity-server.ts'
import type { Limits } from '../../../limits.ts'
import type { Store } from '../../../store/store.ts'
import type { Language } from '../../../texts/texts.ts'
import type { Ui } from '../../../ui/ui.ts'
import { checkbox } from '../../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  tooMany,
} from '../../../web/handler.ts'
import type { RateLimiter } from '../../../web/rate-limiter.ts'
import { pageOf } from '../entering.ts'
import { signInLimit } from '../sign-in-limit.ts'
import type { ExternalSignIn, ExternalSignIns } from './external-sign-ins.ts'
import { leavePage } from './leave.page.tsx'

const form = z.object({ frais: checkbox() })

export type LeavingDeps = {
  readonly store: Store
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
  readonly externalSignIns: ExternalSignIns
  readonly server: IdentityServer
  /** Scheme and host of the portal: the server sends browsers back there, whatever host they asked for. */
  readonly origin: string
  readonly ui: (language: Language) => Ui
}

/** How this browser left, and will be known again. */
export const leavingOf = (
  { externalSignIns, origin }: Pick<LeavingDeps, 'externalSignIns' | 'origin'>,
  request: HandlerRequest,
  away: { cookie: string; fresh: boolean },
): Leaving => ({
  ...externalSignIns.secretsOf(away.cookie),
  returnTo: new URL(request.href('signInReturn'), origin),
  language: request.language,
  fresh: away.fresh,
})

/**
 * Leaving for the institution's server. A button begins it, so that no look leaves a cookie behind; the page after it
 * leads on by itself, whatever hosts that server passes through (docs/decisions/012-external-sign-in.md).
 */
export const leaving = (deps: LeavingDeps) => {
  const { store, externalSignIns, server } = deps
  const networkOpensAt = signInLimit(deps)

  const begin = async (
    request: HandlerRequest,
    begun: Pick<ExternalSignIn, 'page' | 'purpose' | 'fresh'>,
  ): Promise<HandlerResult> => {
    const opensAt = await networkOpensAt(request)
    if (opensAt !== null) return tooMany(request, opensAt)
    const cookie = await store.transaction(tx => externalSignIns.open(tx, begun))
    return redirect(request.href('signInLeave'), [cookie])
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem('bad-request')
    return begin(request, { page: pageOf(request), purpose: 'sign-in', fresh: fields.data.frais })
  }

  const get: Handler = async request => {
    const cookie = request.cookie('away')
    const away = await externalSignIns.find(cookie)
    if (!cookie || !away) return redirect(request.href('signIn'))
    const left = await server.depart(leavingOf(deps, request, { cookie, fresh: away.fresh }))
    if (!left.ok) return problem(left.reason)
    const page = leavePage({ ui: deps.ui(request.language), to: left.to, purpose: away.purpose })
    return { kind: 'page', page, leadsOn: left.to, secretUrl: true }
  }

  return {
    post,
    get,
    /** « Confirmez que c'est vous »: the server asks again, whoever is signed in there. */
    confirm: (request: HandlerRequest) =>
      begin(request, { page: pageOf(request), purpose: 'confirm', fresh: true }),
  }
}
