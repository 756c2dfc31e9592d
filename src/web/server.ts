import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { type RouteName, routes } from '../routes.ts'
import type { Language } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import { type Answer, type Ask, type Handler, type ProblemKind, problem, problemStatus } from './ask.ts'
import { compress, encodingFor } from './compress.ts'
import { cookieLine, readCookie } from './cookies.ts'
import { type EntryPage, entryPage } from './entry-pages.ts'
import { newReference } from './incident.ts'
import { preferredLanguage } from './language.ts'
import type { Network } from './network.ts'
import { isFromOurPages } from './origin.ts'
import { renderPage } from './render.ts'

type Params = Readonly<Record<string, string>>

/** What the product puts behind a route. `same`: rendered once for each set of parameters and language. */
export type Place = {
  readonly same?: readonly { readonly params: Params; readonly page: (ui: Ui) => VNode }[]
  readonly get?: Handler
  readonly post?: Handler
}
export type Site = { readonly [name in RouteName]?: Place }

export type ServerParts = {
  readonly site: Site
  readonly publicUrl: URL
  readonly trustedProxies: readonly string[]
  readonly networkOf: (address: string) => Network
  readonly uiFor: (language: Language, route: RouteName | null, params: Params) => Ui
  readonly problemPage: (told: {
    ui: Ui
    kind: ProblemKind
    reference: string
    retryAfter: number | undefined
  }) => VNode
  readonly security: Readonly<Record<string, string>>
  readonly now: () => number
  /** False when the whole portal receives more posts than it may. */
  readonly admitPost: () => Promise<boolean>
  readonly ready: () => Promise<Readonly<Record<string, boolean>>>
  readonly log: (level: 'info' | 'warn' | 'error', line: Readonly<Record<string, unknown>>) => void
}

const languages = ['fr', 'en'] as const
const otherMethods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** 16 KB: ten times what the longest form holds. */
const longestBody = 16_384

export const buildServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const base = parts.publicUrl.pathname.replace(/\/$/, '')
  const app = Fastify({
    bodyLimit: longestBody,
    trustProxy: parts.trustedProxies.length > 0 ? [...parts.trustedProxies] : false,
    requestTimeout: 20_000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 120 },
    rewriteUrl: request => withoutBase(request.url ?? '/', base),
  })
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: longestBody })

  const languageOf = (request: FastifyRequest): Language => {
    const asked = /^\/(fr|en)(\/|$|\?)/.exec(request.url)?.[1]
    return asked === 'fr' || asked === 'en' ? asked : preferredLanguage(request.headers['accept-language'])
  }
  const allowedHosts = hostsOf(parts.publicUrl)

  const send = (
    request: FastifyRequest,
    reply: FastifyReply,
    sent: { page: VNode; status: number; retryAfter?: number | undefined; secretUrl?: boolean | undefined },
  ) => {
    const encoding = encodingFor(request.headers['accept-encoding'])
    if (sent.retryAfter) reply.header('retry-after', String(sent.retryAfter))
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    reply
      .code(sent.status)
      .headers(parts.security)
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('vary', 'Accept-Encoding, Accept-Language')
    if (sent.secretUrl) reply.header('referrer-policy', 'no-referrer')
    return reply.send(compress(renderPage(sent.page), encoding, false))
  }

  const tell = (request: FastifyRequest, reply: FastifyReply, told: Extract<Answer, { kind: 'problem' }>) => {
    const reference = newReference()
    const status = problemStatus[told.problem]
    const level = status === 500 ? 'error' : 'warn'
    const { routeOptions, method } = request
    parts.log(level, {
      reference,
      route: routeOptions?.url ?? null,
      method,
      status,
      problem: told.problem,
      detail: told.detail,
    })
    const ui = parts.uiFor(languageOf(request), null, {})
    const page = parts.problemPage({ ui, kind: told.problem, reference, retryAfter: told.retryAfter })
    return send(request, reply, { page, status, retryAfter: told.retryAfter })
  }

  const answer = (request: FastifyRequest, reply: FastifyReply, given: Answer) => {
    if (given.kind === 'problem') return tell(request, reply, given)
    for (const { name, value, maxAge } of given.cookies ?? [])
      reply.header('set-cookie', cookieLine(name, value, maxAge))
    if (given.kind === 'go')
      return reply
        .code(303)
        .headers(parts.security)
        .header('cache-control', 'no-store')
        .header('location', given.to)
        .send()
    return send(request, reply, { ...given, status: given.status ?? 200 })
  }

  const askOf = (request: FastifyRequest, route: RouteName): Ask => {
    const language = languageOf(request)
    const params = request.params as Params
    return {
      language,
      href: parts.uiFor(language, route, params).href,
      network: parts.networkOf(request.ip),
      params,
      body: request.body ?? {},
      cookie: name => readCookie(request.headers.cookie, name),
      arrivedAt: parts.now(),
    }
  }

  const guardPost = async (request: FastifyRequest, route: RouteName): Promise<Answer | null> => {
    const rule = (routes[route] as { post?: string }).post
    if (rule === 'same-origin' && !isFromOurPages(request.headers, parts.publicUrl.origin))
      return problem('forbidden')
    return (await parts.admitPost()) ? null : problem('busy', { retryAfter: 2 })
  }

  const entry = (path: string, name: RouteName, { params, page }: NonNullable<Place['same']>[number]) => {
    const made = new Map<Language, EntryPage>(
      languages.map(language => [
        language,
        entryPage(renderPage(page(parts.uiFor(language, name, params))), parts.security),
      ]),
    )
    const serve = (language: Language | null) => (request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack()
      made.get(language ?? preferredLanguage(request.headers['accept-language']))?.(
        request.raw,
        reply.raw,
        language === null,
      )
    }
    app.get(path, serve(null))
    for (const language of languages) app.get(`/${language}${path}`, serve(language))
  }

  const handled = (path: string, name: RouteName, method: 'GET' | 'POST', handler: Handler) => {
    for (const url of [path, ...languages.map(language => `/${language}${path}`)])
      app.route({
        method,
        url,
        handler: async (request, reply) => {
          const stopped = method === 'POST' ? await guardPost(request, name) : null
          return answer(request, reply, stopped ?? (await handler(askOf(request, name))))
        },
      })
  }

  const refuseOthers = (path: string, post: boolean) => {
    for (const url of [path, ...languages.map(language => `/${language}${path}`)])
      app.route({
        method: post ? [...otherMethods] : [...otherMethods, 'POST'],
        url,
        handler: (request, reply) => {
          reply.header('allow', post ? 'GET, HEAD, POST' : 'GET, HEAD')
          return tell(request, reply, { kind: 'problem', problem: 'method' })
        },
      })
  }

  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/healthz' || request.url === '/readyz') return
    if (!allowedHosts.has(request.headers.host ?? ''))
      return tell(request, reply, { kind: 'problem', problem: 'bad-request', detail: 'host' })
  })

  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    const { statusCode: status, elapsedTime } = reply
    parts.log('info', {
      route: request.routeOptions.url ?? null,
      method: request.method,
      status,
      ms: Math.round(elapsedTime),
    })
  })

  app.setNotFoundHandler((request, reply) => tell(request, reply, { kind: 'problem', problem: 'not-found' }))
  app.setErrorHandler((fault: Error & { statusCode?: number; code?: string }, request, reply) =>
    tell(request, reply, { kind: 'problem', ...problemOf(fault) }),
  )

  app.get('/healthz', (_, reply) => reply.header('cache-control', 'no-store').type('text/plain').send('ok\n'))
  app.get('/readyz', async (_, reply) => {
    const state = await parts.ready()
    const good = Object.values(state).every(Boolean)
    return reply
      .code(good ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(state)
  })

  for (const [name, place] of Object.entries(parts.site) as [RouteName, Place][]) {
    const { path } = routes[name]
    for (const one of place.same ?? []) entry(fill(path, one.params), name, one)
    if (place.get) handled(path, name, 'GET', place.get)
    if (place.post) handled(path, name, 'POST', place.post)
    const paths = place.same ? place.same.map(({ params }) => fill(path, params)) : [path]
    for (const one of paths) refuseOthers(one, Boolean(place.post))
  }
  return app
}

const fill = (path: string, params: Params) =>
  path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '')

const withoutBase = (url: string, base: string) =>
  base && (url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`))
    ? url.slice(base.length) || '/'
    : url

/** The one host of the public URL; on a loopback URL its other spellings too, for a demonstration. */
const hostsOf = (url: URL) => {
  const port = url.port ? `:${url.port}` : ''
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  return new Set(loopback.includes(url.hostname) ? loopback.map(name => `${name}${port}`) : [url.host])
}

/** Fastify's own 4xx are the sender's; anything else is a bug, and its message is for the log alone. */
const problemOf = (
  fault: Error & { statusCode?: number; code?: string },
): { problem: ProblemKind; detail?: string } => {
  if (fault.statusCode === 413) return { problem: 'too-large' }
  if (fault.statusCode && fault.statusCode < 500)
    return { problem: 'bad-request', detail: fault.code ?? 'malformed' }
  return { problem: 'bug', detail: fault.stack ?? String(fault) }
}
