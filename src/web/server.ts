import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance } from 'fastify'
import type { RouteName } from '../routes.ts'
import type { ProblemKind } from './ask.ts'
import type { Network } from './network.ts'
import { type Place, type PlaceParts, placesOn, type Site } from './places.ts'
import { type ReplyParts, repliesWith } from './replies.ts'

export type ServerParts = PlaceParts &
  ReplyParts & {
    readonly site: Site
    readonly trustedProxies: readonly string[]
    /** False when this network sends more forms in a second than it may. */
    readonly admitFrom: (network: Network) => boolean
    readonly ready: () => Promise<Readonly<Record<string, boolean>>>
  }

/** 16 KB: ten times what the longest form holds. */
const longestBody = 16_384

/** The path under which a proxy publishes the portal is taken off before routes are looked up. */
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

type Fault = Error & { statusCode?: number; code?: string }

/** Fastify's own 4xx are the sender's; anything else is a bug, and its message is for the log alone. */
const problemOf = (fault: Fault): { problem: ProblemKind; detail?: string } => {
  if (fault.statusCode === 413) return { problem: 'too-large' }
  if (fault.statusCode && fault.statusCode < 500)
    return { problem: 'bad-request', detail: fault.code ?? 'malformed' }
  return { problem: 'bug', detail: fault.stack ?? String(fault) }
}

const newApp = async ({ publicUrl, trustedProxies }: ServerParts) => {
  const base = publicUrl.pathname.replace(/\/$/, '')
  const app = Fastify({
    bodyLimit: longestBody,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: 20_000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 120 },
    rewriteUrl: request => withoutBase(request.url ?? '/', base),
  })
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: longestBody })
  return app
}

/** For whoever watches the process: it lives; it can serve. */
const watched = (app: FastifyInstance, ready: ServerParts['ready']) => {
  app.get('/healthz', (_, reply) => reply.header('cache-control', 'no-store').type('text/plain').send('ok\n'))
  app.get('/readyz', async (_, reply) => {
    const state = await ready()
    const good = Object.values(state).every(Boolean)
    return reply
      .code(good ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(state)
  })
}

export const buildServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const app = await newApp(parts)
  const replies = repliesWith(parts)
  const put = placesOn(app, parts, replies)
  const allowedHosts = hostsOf(parts.publicUrl)

  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/healthz' || request.url === '/readyz') return
    if (!allowedHosts.has(request.headers.host ?? ''))
      return replies.tell(request, reply, { kind: 'problem', problem: 'bad-request', detail: 'host' })
  })
  const tooMany = replies.constant({ kind: 'problem', problem: 'too-many', retryAfter: 1 })
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST' || parts.admitFrom(parts.networkOf(request.ip))) return
    return tooMany(request, reply)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    if (method === 'GET' || method === 'HEAD') return
    const ms = Math.round(reply.elapsedTime)
    parts.log('info', { route: routeOptions.url ?? null, method, status: reply.statusCode, ms })
  })
  app.setNotFoundHandler((request, reply) =>
    replies.tell(request, reply, { kind: 'problem', problem: 'not-found' }),
  )
  app.setErrorHandler((fault: Fault, request, reply) =>
    replies.tell(request, reply, { kind: 'problem', ...problemOf(fault) }),
  )

  watched(app, parts.ready)
  for (const [name, place] of Object.entries(parts.site) as [RouteName, Place][]) put(name, place)
  return app
}
