import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RouteName } from '../routes.ts'
import { isLanguage, type Language } from '../texts/texts.ts'
import type { CurrentPage } from '../ui/current-page.ts'
import type { Ui } from '../ui/ui.ts'
import { compress, encodingFor } from './compress.ts'
import type { Cookies } from './cookies.ts'
import { newReference } from './error-reference.ts'
import type { HandlerResult } from './handler.ts'
import { preferredLanguage } from './language.ts'
import { formFieldsPlaceholder, problemPage } from './problem.page.tsx'
import { busy } from './problems.ts'
import { renderPage } from './render.ts'

export type Log = (level: 'info' | 'warn' | 'error', line: Readonly<Record<string, unknown>>) => void

export type ReplyDeps = {
  readonly uiFor: (
    language: Language,
    route: RouteName | null,
    params: Readonly<Record<string, string>>,
  ) => Ui
  readonly cookies: Pick<Cookies, 'line'>
  readonly security: Readonly<Record<string, string>>
  readonly log: Log
}

type Problem = Extract<HandlerResult, { kind: 'problem' }>
type Page = Extract<HandlerResult, { kind: 'page' }>

/** The language of the path; without one, that of the browser. */
export const languageOf = (request: FastifyRequest): Language => {
  const inPath = /^\/([a-z]{2,3})(\/|$|\?)/.exec(request.url)?.[1] ?? ''
  return isLanguage(inPath) ? inPath : preferredLanguage(request.headers['accept-language'])
}

function sendPage(
  { security }: ReplyDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  sent: Omit<Page, 'kind' | 'cookies'>,
  here: CurrentPage | null = null,
) {
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (sent.retryAfter) reply.header('retry-after', String(sent.retryAfter))
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  reply
    .code(sent.status ?? 200)
    .headers(security)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'Accept-Encoding, Accept-Language')
  if (sent.continuesTo) reply.header('refresh', `0; url=${sent.continuesTo.href}`)
  if (sent.secretUrl) reply.header('referrer-policy', 'no-referrer')
  return reply.send(compress(renderPage(sent.page, here, sent), encoding, false))
}

const sendRedirect = ({ security }: ReplyDeps, reply: FastifyReply, to: string) =>
  reply.code(303).headers(security).header('cache-control', 'no-store').header('location', to).send()

/** The page of a problem shows a reference; the log has one line with the same reference, without the submitted data. */
function sendProblem(deps: ReplyDeps, request: FastifyRequest, reply: FastifyReply, result: Problem) {
  const reference = newReference()
  const { problem, detail, retryAfter } = result
  const { status } = problem
  const route = request.routeOptions?.url ?? null
  deps.log(status === 500 ? 'error' : 'warn', {
    reference,
    route,
    method: request.method,
    status,
    problem: problem.name,
    detail,
  })
  const ui = deps.uiFor(languageOf(request), null, {})
  const answersForm = request.method === 'POST'
  const page = problemPage({ ui, kind: problem, reference, retryAfter, answersForm })
  if (problem === busy) reply.header('refresh', String(retryAfter ?? 5))
  return sendPage(deps, request, reply, { page, status, ...(retryAfter && { retryAfter }) })
}

const sendFile = (
  { security }: ReplyDeps,
  reply: FastifyReply,
  file: Extract<HandlerResult, { kind: 'file' }>,
) =>
  reply
    .headers(security)
    .header('content-type', file.type)
    .header('content-disposition', `attachment; filename="${file.name}"`)
    .header('cache-control', 'no-store')
    .send(file.body)

const sendPicture = (
  { security }: ReplyDeps,
  reply: FastifyReply,
  picture: Extract<HandlerResult, { kind: 'picture' }>,
) =>
  reply
    .headers(security)
    .header('content-type', picture.type)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .send(picture.body)

const sendEmpty = ({ security }: ReplyDeps, reply: FastifyReply) =>
  reply.code(200).headers(security).header('cache-control', 'no-store').send()

function sendResult(
  deps: ReplyDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  result: HandlerResult,
  here: CurrentPage,
) {
  if (result.kind === 'problem') return sendProblem(deps, request, reply, result)
  if (result.kind === 'file') return sendFile(deps, reply, result)
  if (result.kind === 'picture') return sendPicture(deps, reply, result)
  if (result.kind === 'acknowledged') return sendEmpty(deps, reply)
  for (const cookie of result.cookies ?? []) reply.header('set-cookie', deps.cookies.line(cookie))
  return result.kind === 'redirect'
    ? sendRedirect(deps, reply, result.to)
    : sendPage(deps, request, reply, result, here)
}

/** The body of a problem page by language, rendered at its first request. */
function prepareBody({ uiFor }: ReplyDeps, { problem, retryAfter = 1 }: Problem, keeps: boolean) {
  const rendered = new Map<Language, string>()
  return (language: Language) => {
    const ui = uiFor(language, null, {})
    const body =
      rendered.get(language) ??
      renderPage(problemPage({ ui, kind: problem, reference: null, retryAfter, keeps }))
    rendered.set(language, body)
    return body
  }
}

function prepareProblem(deps: ReplyDeps, result: Problem, keeps: boolean) {
  const { problem, retryAfter = 1 } = result
  const bodyIn = prepareBody(deps, result, keeps)
  /** `fields`: hidden fields with the typed values. Without them the browser returns to the page of the step by itself. */
  return (request: FastifyRequest, reply: FastifyReply, more: { status?: number; fields?: string } = {}) => {
    if (problem === busy && !keeps) reply.header('refresh', String(retryAfter))
    return reply
      .code(more.status ?? problem.status)
      .headers(deps.security)
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('retry-after', String(retryAfter))
      .send(bodyIn(languageOf(request)).replace(formFieldsPlaceholder, () => more.fields ?? ''))
  }
}

/** Turns handler results into HTTP responses. Static pages have their own path (`static-pages.ts`). */
export const createReplies = (deps: ReplyDeps) => ({
  sendProblem: (request: FastifyRequest, reply: FastifyReply, result: Problem) =>
    sendProblem(deps, request, reply, result),
  /** `here`: the current page. The page of a problem has none. */
  answer: (request: FastifyRequest, reply: FastifyReply, result: HandlerResult, here: CurrentPage) =>
    sendResult(deps, request, reply, result, here),
  /** A problem page rendered once per language: during a flood nothing is rendered and no line logged for each refusal. */
  prepare: (result: Problem, keeps = false) => prepareProblem(deps, result, keeps),
})

export type Replies = ReturnType<typeof createReplies>
