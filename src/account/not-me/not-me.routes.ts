import { z } from 'zod'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import type { Handler, HandlerRequest, HandlerResult } from '../../web/handler.ts'
import { problem } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import { notMePage } from './not-me.page.tsx'
import type { NotMeService } from './not-me.ts'

const form = z.object({ jeton: field(64) })

type Deps = { readonly notMe: NotMeService; readonly ui: (language: Language) => Ui }

const withSecretUrl = (page: HandlerResult & { kind: 'page' }): HandlerResult => ({
  ...page,
  secretUrl: true,
})

async function ask({ notMe, ui: uiIn }: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const ui = uiIn(request.language)
  const token = request.params.token ?? ''
  const about = await notMe.find(token)
  if (!about) return withSecretUrl({ kind: 'page', status: 410, page: notMePage({ ui, state: 'dead' }) })
  return withSecretUrl({ kind: 'page', page: notMePage({ ui, state: 'ask', about, token }) })
}

async function confirm({ notMe, ui: uiIn }: Deps, request: HandlerRequest): Promise<HandlerResult> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const ui = uiIn(request.language)
  const confirmed = await notMe.confirm(fields.data.jeton, request)
  if (!confirmed.ok)
    return withSecretUrl({ kind: 'page', status: 410, page: notMePage({ ui, state: 'dead' }) })
  return withSecretUrl({ kind: 'page', page: notMePage({ ui, state: 'done', about: confirmed.kind }) })
}

/**
 * The page behind the link of a mail. GET changes nothing, since mail scanners open links. POST carries the token in its
 * body, which is sufficient proof, so that it works from a mail client that sends no Origin.
 */
export const notMeRoutes = (deps: Deps): { readonly get: Handler; readonly post: Handler } => ({
  get: request => ask(deps, request),
  post: request => confirm(deps, request),
})
