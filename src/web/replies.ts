import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { RouteName } from '../routes.ts'
import type { Language } from '../texts/texts.ts'
import type { CurrentPage } from '../ui/current-page.ts'
import type { Ui } from '../ui/ui.ts'
import { compress, encodingFor } from './compress.ts'
import type { Cookies } from './cookies.ts'
import { type HandlerResult, type ProblemKind, problemStatus } from './handler.ts'
import { newReference } from './incident.ts'
import { preferredLanguage } from './language.ts'
import { renderPage } from './render.ts'

export type Log = (level: 'info' | 'warn' | 'error', line: Readonly<Record<string, unknown>>) => void

export type ReplyDeps = {
  readonly uiFor: (
    language: Language,
    route: RouteName | null,
    params: Readonly<Record<string, string>>,
  ) => Ui
  readonly problemPage: (facts: {
    ui: Ui
    kind: ProblemKind
    reference: string | null
    retryAfter: number | undefined
    keeps?: boolean
  }) => VNode
  /** Replaced by the fields of the refused form in that page. */
  readonly formFieldsPlaceholder: string
  readonly cookies: Pick<Cookies, 'line'>
  readonly security: Readonly<Record<string, string>>
  readonly log: Log
}

type Problem = Extract<HandlerResult, { kind: 'problem' }>
type Page = Extract<HandlerResult, { kind: 'page' }>

/** The path decides; without a language in it, the browser does. */
export const languageOf = (request: FastifyRequest): Language => {
  const asked = /^\/(fr|en)(\/|$|\?)/.exec(request.url)?.[1]
  return asked === 'fr' || asked === 'en' ? asked : preferredLanguage(request.headers['accept-language'])
}

/** Turns an answer of the product into HTTP; the only place that does for pages that are somebody's own. */
export const createReplies = ({
  uiFor,
  problemPage,
  formFieldsPlaceholder,
  cookies,
  security,
  log,
}: ReplyDeps) => {
  const send = (
    request: FastifyRequest,
    reply: FastifyReply,
    sent: Omit<Page, 'kind' | 'cookies'>,
    here: CurrentPage | null = null,
  ) => {
    const encoding = encodingFor(request.headers['accept-encoding'])
    if (sent.retryAfter) reply.header('retry-after', String(sent.retryAfter))
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    reply
      .code(sent.status ?? 200)
      .headers(security)
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('vary', 'Accept-Encoding, Accept-Language')
    if (sent.leadsOn) reply.header('refresh', `0; url=${sent.leadsOn.href}`)
    if (sent.secretUrl) reply.header('referrer-policy', 'no-referrer')
    return reply.send(compress(renderPage(sent.page, here), encoding, false))
  }

  const sendRedirect = (reply: FastifyReply, to: string) =>
    reply.code(303).headers(security).header('cache-control', 'no-store').header('location', to).send()

  /** A fault: its page has a reference, and the log has one line with the same, without what was sent. */
  const sendProblem = (request: FastifyRequest, reply: FastifyReply, facts: Problem) => {
    const reference = newReference()
    const { problem, detail, retryAfter } = facts
    const status = problemStatus[problem]
    const route = request.routeOptions?.url ?? null
    log(status === 500 ? 'error' : 'warn', {
      reference,
      route,
      method: request.method,
      status,
      problem,
      detail,
    })
    const ui = uiFor(languageOf(request), null, {})
    const page = problemPage({ ui, kind: problem, reference, retryAfter })
    if (problem === 'busy') reply.header('refresh', String(retryAfter ?? 5))
    return send(request, reply, { page, status, ...(retryAfter && { retryAfter }) })
  }

  const sendFile = (reply: FastifyReply, file: Extract<HandlerResult, { kind: 'file' }>) =>
    reply
      .headers(security)
      .header('content-type', file.type)
      .header('content-disposition', `attachment; filename="${file.name}"`)
      .header('cache-control', 'no-store')
      .send(file.body)

  const sendPicture = (reply: FastifyReply, picture: Extract<HandlerResult, { kind: 'picture' }>) =>
    reply
      .headers(security)
      .header('content-type', picture.type)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(picture.body)

  const sendNothing = (reply: FastifyReply) =>
    reply.code(200).headers(security).header('cache-control', 'no-store').send()

  /** `here`: the route that answers. A fault stands nowhere. */
  const answer = (request: FastifyRequest, reply: FastifyReply, result: HandlerResult, here: CurrentPage) => {
    if (result.kind === 'problem') return sendProblem(request, reply, result)
    if (result.kind === 'file') return sendFile(reply, result)
    if (result.kind === 'picture') return sendPicture(reply, result)
    if (result.kind === 'acknowledged') return sendNothing(reply)
    for (const { name, value, maxAge } of result.cookies ?? [])
      reply.header('set-cookie', cookies.line(name, value, maxAge))
    return result.kind === 'redirect' ? sendRedirect(reply, result.to) : send(request, reply, result, here)
  }

  /** One refusal, made once: under a flood nothing is rendered, and no line is logged for each. */
  const constant = (facts: Problem, keeps = false) => {
    const { problem, retryAfter = 1 } = facts
    const made = new Map<Language, string>()
    const bodyIn = (language: Language) => {
      const ui = uiFor(language, null, {})
      const body =
        made.get(language) ??
        renderPage(problemPage({ ui, kind: problem, reference: null, retryAfter, keeps }))
      made.set(language, body)
      return body
    }
    /** `fields`: hidden ones, of what was typed. Else the browser comes back to the page of the step by itself. */
    return (
      request: FastifyRequest,
      reply: FastifyReply,
      more: { status?: number; fields?: string } = {},
    ) => {
      if (problem === 'busy' && !keeps) reply.header('refresh', String(retryAfter))
      return reply
        .code(more.status ?? problemStatus[problem])
        .headers(security)
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('retry-after', String(retryAfter))
        .send(bodyIn(languageOf(request)).replace(formFieldsPlaceholder, () => more.fields ?? ''))
    }
  }

  return { sendProblem, answer, constant }
}

export type Replies = ReturnType<typeof createReplies>
