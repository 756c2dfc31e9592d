import { z } from 'zod'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import type { Handler, HandlerResult } from '../../web/handler.ts'
import { problem } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import { notMePage } from './not-me.page.tsx'
import type { NotMeService } from './not-me.ts'

const form = z.object({ jeton: field(64) })

/**
 * The page behind the link of a mail. GET changes nothing, since mail scanners open links. POST carries the token in its
 * body, which is sufficient proof, so that it works from a mail client that sends no Origin.
 */
export const notMeRoutes = (deps: { notMe: NotMeService; ui: (language: Language) => Ui }) => {
  const withSecretUrl = (page: HandlerResult & { kind: 'page' }): HandlerResult => ({
    ...page,
    secretUrl: true,
  })

  const get: Handler = async request => {
    const ui = deps.ui(request.language)
    const token = request.params.token ?? ''
    const about = await deps.notMe.find(token)
    if (!about) return withSecretUrl({ kind: 'page', status: 410, page: notMePage({ ui, state: 'dead' }) })
    return withSecretUrl({ kind: 'page', page: notMePage({ ui, state: 'ask', about: about.kind, token }) })
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem(badRequest)
    const ui = deps.ui(request.language)
    const confirmed = await deps.notMe.confirm(fields.data.jeton, request.language)
    if (!confirmed.ok)
      return withSecretUrl({ kind: 'page', status: 410, page: notMePage({ ui, state: 'dead' }) })
    return withSecretUrl({ kind: 'page', page: notMePage({ ui, state: 'done', about: confirmed.kind }) })
  }

  return { get, post }
}
