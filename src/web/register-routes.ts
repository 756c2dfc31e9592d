import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { Network } from '../limits/network.ts'
import { type RouteName, routes } from '../routes.ts'
import { type Language, languages } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import type { AllowedMethods } from './allowed-methods.ts'
import type { Cookies } from './cookies.ts'
import { deviceOf } from './device.ts'
import type { FullReplies } from './full.ts'
import { type Handler, type HandlerRequest, type HandlerResult, problem } from './handler.ts'
import { preferredLanguage } from './language.ts'
import { isFromOurPages } from './origin.ts'
import { forbidden, notFound } from './problems.ts'
import { renderPage } from './render.ts'
import { languageOf, type Replies } from './replies.ts'
import { inOrder, requestOrder } from './request-order.ts'
import { type StaticPage, staticPage } from './static-pages.ts'

type Params = Readonly<Record<string, string>>

/** The handlers of a route. `staticPages`: rendered once for each set of parameters and language. */
export type RouteHandlers = {
  readonly staticPages?: readonly { readonly params: Params; readonly page: (ui: Ui) => VNode }[]
  readonly get?: Handler
  readonly post?: Handler
}

/** A route whose page is the same for everyone. */
export const pageForAll = (page: (ui: Ui) => VNode): RouteHandlers => ({
  staticPages: [{ params: {}, page }],
})

export type Router = { readonly [name in RouteName]?: RouteHandlers }

export type RegisterDeps = {
  readonly publicUrl: URL
  readonly networkOf: (address: string) => Network
  readonly uiFor: (language: Language, route: RouteName | null, params: Params) => Ui
  readonly security: Readonly<Record<string, string>>
  readonly now: () => number
  readonly cookies: Pick<Cookies, 'read'>
}

const fillParams = (path: string, params: Params) =>
  path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '')

/** The path without a language, which follows the browser's, and the path of each language. */
const pathsOf = (path: string) => [path, ...languages.map(language => `/${language}${path}`)]

/** Fields that are not secret: while the portal is full their values stay in the page that says so. */
const fieldsKeptWhenFull: { readonly [name in RouteName]?: readonly string[] } = {
  identify: ['numero', 'naissance'],
  identifyForIdentifier: ['numero', 'naissance'],
  identifyForActivation: ['numero', 'naissance'],
}

export type FullHandling = {
  readonly replies: FullReplies
  /** Whether this post was refused and only its body is still to be read. */
  readonly isRefused: (request: FastifyRequest) => boolean
}

type Registration = {
  readonly app: FastifyInstance
  readonly deps: RegisterDeps
  readonly replies: Pick<Replies, 'answer'> & { readonly full: FullHandling }
  readonly allowedMethods: AllowedMethods
}

function handlerRequestOf(deps: RegisterDeps, request: FastifyRequest, route: RouteName): HandlerRequest {
  const language = languageOf(request)
  const params = request.params as Params
  const query = request.query as Readonly<Record<string, unknown>>
  return {
    method: request.method === 'POST' ? 'POST' : 'GET',
    language,
    href: deps.uiFor(language, route, params).href,
    network: deps.networkOf(request.ip),
    params,
    query: name => (typeof query[name] === 'string' ? query[name] : null),
    body: request.body ?? {},
    device: deviceOf(request.headers['user-agent']),
    cookie: name => deps.cookies.read(request.headers.cookie, name),
    arrivedAt: deps.now(),
  }
}

function registerStaticPage(
  { app, deps }: Registration,
  path: string,
  name: RouteName,
  { params, page }: NonNullable<RouteHandlers['staticPages']>[number],
) {
  const rendered = new Map<Language, StaticPage>()
  /** Rendered at its first request, so that many pages do not slow the start down. */
  const pageIn = (language: Language) => {
    const ready =
      rendered.get(language) ??
      staticPage(renderPage(page(deps.uiFor(language, name, params))), deps.security)
    rendered.set(language, ready)
    return ready
  }
  const serve = (language: Language | null) => (request: FastifyRequest, reply: FastifyReply) => {
    const send = pageIn(language ?? preferredLanguage(request.headers['accept-language']))
    reply.hijack()
    send(request.raw, reply.raw, language === null)
  }
  app.get(path, serve(null))
  for (const language of languages) app.get(`/${language}${path}`, serve(language))
}

/** As in forms (`form.ts`): PostgreSQL takes no U+0000 in a value, so a path with one would end as a bug. */
const hasNullCharacter = (params: Params) => Object.values(params).some(value => value?.includes('\u0000'))

/** A request at the handler of its route. */
type Call = {
  readonly registration: Registration
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly name: RouteName
  readonly method: 'GET' | 'POST'
  readonly handler: Handler
}
/** `sent`: the step has answered by itself. */
type Outcome = HandlerResult | { readonly kind: 'sent'; readonly reply: unknown }

const refusePath = ({ request }: Call): Outcome | null =>
  hasNullCharacter(request.params as Params) ? problem(notFound) : null

function refuseOrigin({ registration, request, name, method }: Call): Outcome | null {
  const rule = method === 'POST' && (routes[name] as { post?: string }).post
  const { origin } = registration.deps.publicUrl
  return rule === 'same-origin' && !isFromOurPages(request.headers, origin) ? problem(forbidden) : null
}

/** After the check of the origin: the page would otherwise resend another site's values as our own form. */
function refuseWhenFull({ registration, request, reply, name }: Call): Outcome | null {
  const { isRefused, replies } = registration.replies.full
  if (!isRefused(request)) return null
  return { kind: 'sent', reply: replies.sendWithFields(request, reply, fieldsKeptWhenFull[name] ?? []) }
}

/** `null`: the next step follows. */
type Step = (call: Call) => Outcome | null | Promise<Outcome>

const steps = inOrder<(typeof requestOrder.routed)[number], Step>(requestOrder.routed, {
  refusePath,
  refuseOrigin,
  refuseWhenFull,
  handle: ({ registration, request, name, handler }) =>
    handler(handlerRequestOf(registration.deps, request, name)),
})

/** Answers a request by the handler of its route, or by the refusal that comes before it. */
async function answer(call: Call) {
  const { registration, request, reply, name } = call
  for (const step of steps) {
    const given = step(call)
    if (given === null) continue
    const outcome = await given
    if (outcome.kind === 'sent') return outcome.reply
    return registration.replies.answer(request, reply, outcome, {
      route: name,
      params: request.params as Params,
    })
  }
  throw new Error(`${name}: no step answered`)
}

function registerHandler(
  registration: Registration,
  path: string,
  name: RouteName,
  method: 'GET' | 'POST',
  handler: Handler,
) {
  for (const url of pathsOf(path))
    registration.app.route({
      method,
      url,
      config: { keepsFields: method === 'POST' && fieldsKeptWhenFull[name] !== undefined },
      handler: (request, reply) => answer({ registration, request, reply, name, method, handler }),
    })
}

function registerRoute(registration: Registration, name: RouteName, handlers: RouteHandlers) {
  const { path } = routes[name]
  for (const one of handlers.staticPages ?? [])
    registerStaticPage(registration, fillParams(path, one.params), name, one)
  if (handlers.get) registerHandler(registration, path, name, 'GET', handlers.get)
  if (handlers.post) registerHandler(registration, path, name, 'POST', handlers.post)
  const paths = handlers.staticPages
    ? handlers.staticPages.map(({ params }) => fillParams(path, params))
    : [path]
  const methods = ['GET', 'HEAD', ...(handlers.post ? ['POST'] : [])]
  for (const one of paths.flatMap(pathsOf)) registration.allowedMethods.add(one, methods)
}

/** Registers every route under its paths: static pages without any per-request work, the others with their handlers. */
export const registerRoutes = (registration: Registration) => (name: RouteName, handlers: RouteHandlers) =>
  registerRoute(registration, name, handlers)
