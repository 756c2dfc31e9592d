import { z } from 'zod'
import type { AuthenticationRequest, IdentityServer } from '../../../identity-server/identity-server.ts'
import { identityServerUnavailable } from '../../../identity-server/problem.ts'
import type { Limits } from '../../../limits/limits.ts'
import type { RateLimiter } from '../../../limits/rate-limiter.ts'
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
import { badRequest } from '../../../web/problems.ts'
import { returnNameOf } from '../complete-sign-in.ts'
import { createSignInLimit } from '../sign-in-limit.ts'
import { type ExternalSignIn, type ExternalSignIns, externalSignInCookie } from './external-sign-ins.ts'
import { redirectPage } from './redirect.page.tsx'

const form = z.object({ frais: checkbox() })

export type StartRedirectDeps = {
  readonly store: Store
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
  readonly externalSignIns: ExternalSignIns
  readonly server: IdentityServer
  /** Scheme and host of the portal's public URL: the callback goes there, whatever host the browser used. */
  readonly origin: string
  readonly ui: (language: Language) => Ui
}

/** The request to the server, derived from the browser's cookie: the same at the start and at the callback. */
export const authRequestFor = (
  { externalSignIns, origin }: Pick<StartRedirectDeps, 'externalSignIns' | 'origin'>,
  request: HandlerRequest,
  externalSignIn: { cookie: string; fresh: boolean },
): AuthenticationRequest => ({
  ...externalSignIns.secretsFor(externalSignIn.cookie),
  returnTo: new URL(request.href('signInReturn'), origin),
  language: request.language,
  fresh: externalSignIn.fresh,
})

async function start(
  deps: StartRedirectDeps,
  request: HandlerRequest,
  values: Pick<ExternalSignIn, 'page' | 'purpose' | 'fresh'>,
): Promise<HandlerResult> {
  const opensAt = await createSignInLimit(deps)(request)
  if (opensAt !== null) return tooMany(request, opensAt)
  const cookie = await deps.store.transaction(tx => deps.externalSignIns.open(tx, values))
  return redirect(request.href('signInLeave'), [cookie])
}

async function startSignIn(deps: StartRedirectDeps, request: HandlerRequest): Promise<HandlerResult> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  return start(deps, request, { page: returnNameOf(request), purpose: 'sign-in', fresh: fields.data.frais })
}

async function leave(deps: StartRedirectDeps, request: HandlerRequest): Promise<HandlerResult> {
  const cookie = request.cookie(externalSignInCookie)
  const externalSignIn = await deps.externalSignIns.find(cookie)
  if (!cookie || !externalSignIn) return redirect(request.href('signIn'))
  const login = await deps.server.loginUrl(
    authRequestFor(deps, request, { cookie, fresh: externalSignIn.fresh }),
  )
  if (!login.ok) return problem(identityServerUnavailable)
  const page = redirectPage({
    ui: deps.ui(request.language),
    to: login.to,
    purpose: externalSignIn.purpose,
  })
  return { kind: 'page', page, continuesTo: login.to, secretUrl: true }
}

/**
 * Redirects to the institution's server. A button starts it, so that GET sets no cookie; the next page redirects by itself,
 * which also works when the server redirects to further hosts (docs/decisions/012-external-sign-in.md).
 */
export const startRedirectRoutes = (deps: StartRedirectDeps) => {
  const post: Handler = request => startSignIn(deps, request)
  const get: Handler = request => leave(deps, request)
  return {
    post,
    get,
    /** « Confirmez que c'est vous »: the server asks for a new proof even where its session is open. */
    confirm: (request: HandlerRequest) =>
      start(deps, request, { page: returnNameOf(request), purpose: 'confirm', fresh: true }),
  }
}
