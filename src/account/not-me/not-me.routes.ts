import { z } from 'zod'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field } from '../../web/form.ts'
import type { Handler, HandlerResult } from '../../web/handler.ts'
import { problem } from '../../web/handler.ts'
import { notMePage } from './not-me.page.tsx'
import type { NotMeDesk } from './not-me.ts'

const form = z.object({ jeton: field(64) })

/**
 * The page behind the link of a mail. A look changes nothing (mail scanners open links); the button carries the token
 * in its body, which is its own proof: it works from a mail client that sends no origin.
 */
export const notMePages = (deps: { notMe: NotMeDesk; ui: (language: Language) => Ui }) => {
  const told = (page: HandlerResult & { kind: 'page' }): HandlerResult => ({ ...page, secretUrl: true })

  const get: Handler = async request => {
    const ui = deps.ui(request.language)
    const token = request.params.token ?? ''
    const about = await deps.notMe.look(token)
    if (!about) return told({ kind: 'page', status: 410, page: notMePage({ ui, state: 'dead' }) })
    return told({ kind: 'page', page: notMePage({ ui, state: 'ask', about: about.kind, token }) })
  }

  const post: Handler = async request => {
    const fields = form.safeParse(request.body)
    if (!fields.success) return problem('bad-request')
    const ui = deps.ui(request.language)
    const pressed = await deps.notMe.press(fields.data.jeton, request.language)
    if (!pressed.ok) return told({ kind: 'page', status: 410, page: notMePage({ ui, state: 'dead' }) })
    return told({ kind: 'page', page: notMePage({ ui, state: 'done', about: pressed.kind }) })
  }

  return { get, post }
}
