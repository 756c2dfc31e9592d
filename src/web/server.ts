import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import formbody from '@fastify/formbody'
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestHookHandler,
  type onResponseHookHandler,
} from 'fastify'
import { minutes, seconds } from '../clock.ts'
import type { Health } from '../jobs/heartbeat.ts'
import { inRanges, readAddress } from '../limits/address.ts'
import type { PostGate, Refusal } from '../limits/gate.ts'
import type { RouteName } from '../routes.ts'
import { storeFaultSentence } from '../store/fault.ts'
import { createAllowedMethods } from './allowed-methods.ts'
import { createFullReplies, type FullReplies } from './full.ts'
import { createHostCheck } from './hosts.ts'
import { type InstallationDeps, registerInstallation } from './installation.ts'
import type { ProblemKind } from './problems.ts'
import { badRequest, bug, notFound, storeUnavailable, tooLarge, wrongMethod } from './problems.ts'
import { type RegisterDeps, type RouteHandlers, type Router, registerRoutes } from './register-routes.ts'
import { createReplies, type Log, type Replies, type ReplyDeps } from './replies.ts'
import { inOrder, requestOrder } from './request-order.ts'
import { createThrottle } from './throttle.ts'
import { registerWellKnown, type WellKnownDeps } from './well-known.ts'

/** One answered request. `route`: the pattern of its path, never the path itself; `null`: no route has it. */
export type ObservedRequest = {
  readonly route: string | null
  readonly method: string
  readonly status: number
  readonly seconds: number
}

export type ServerDeps = RegisterDeps &
  ReplyDeps &
  WellKnownDeps &
  InstallationDeps & {
    readonly router: Router
    readonly trustedProxies: readonly string[]
    readonly gate: Pick<PostGate, 'check' | 'isOrdinaryLoad'>
    readonly health: () => Health
    /** Called with each answered request. */
    readonly observe?: (request: ObservedRequest) => void
  }

/** 16 KB: room for the longest form, the answer of a passkey. */
const longestBody = 16_384

/** Removes the path under which a proxy publishes the portal before routes are looked up. */
const withoutBase = (url: string, base: string) =>
  base && (url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`))
    ? url.slice(base.length) || '/'
    : url

type Fault = Error & { statusCode?: number; code?: string }

/** Fastify's own 4xx are errors of the sender. A fault of the store passes; anything else is a bug. Both are only logged. */
const problemOf = (fault: Fault): { problem: ProblemKind; detail?: string } => {
  if (fault.statusCode === 413) return { problem: tooLarge }
  if (fault.statusCode && fault.statusCode < 500)
    return { problem: badRequest, detail: fault.code ?? 'malformed' }
  const ofStore = storeFaultSentence(fault)
  if (ofStore) return { problem: storeUnavailable, detail: ofStore }
  return { problem: bug, detail: fault.stack ?? String(fault) }
}

/** Proxies are compared as addresses, in any spelling and with or without a port. */
const createProxyCheck = (ranges: readonly string[]) => {
  if (ranges.length === 0) return () => false
  const isProxy = inRanges(ranges)
  return (text: string) => {
    const address = readAddress(text)
    return address !== null && isProxy(address)
  }
}

/**
 * Requests whose address cannot be read share one network and its limits, and so do all that come through an untrusted
 * proxy, or through one that does not say for whom. These are configuration mistakes that look like a flood, so they are logged,
 * without the address.
 */
const createAddressWarning = (log: Log, isProxy: (address: string) => boolean): onRequestHookHandler => {
  const [warnUnreadable, warnUntrusted, warnSilent] = [1, 2, 3].map(() =>
    createThrottle(minutes(10), () => performance.now()),
  )
  const warn = (request: FastifyRequest) => {
    if (readAddress(request.ip) === null)
      warnUnreadable?.(() =>
        log('warn', {
          check: 'X-Forwarded-For',
          detail:
            'An entry is not an address: people whose address cannot be read share the limits of one network. Configure the proxy to write only the address of its client.',
        }),
      )
    else if (!request.headers['x-forwarded-for'] && isProxy(request.ip))
      warnSilent?.(() =>
        log('warn', {
          check: 'X-Forwarded-For',
          detail:
            'A proxy of trustedProxies sends no X-Forwarded-For: everybody behind it shares the limits of one network. Configure it to (nginx: proxy_set_header X-Forwarded-For $remote_addr).',
        }),
      )
    else if (request.headers['x-forwarded-for'] && request.ip === request.socket.remoteAddress)
      warnUntrusted?.(() =>
        log('warn', {
          check: 'trustedProxies',
          detail:
            'A request has X-Forwarded-For, but its sender is not in trustedProxies: if the sender is your proxy, everybody behind it shares the limits of one network.',
        }),
      )
  }
  return (request, _, done) => {
    if (request.method === 'POST') warn(request)
    done()
  }
}

/** Input that is not HTTP reaches no route: the answer is one line with the headers of every page, and repeats nothing of the input. */
const rejectMalformed =
  (security: ReplyDeps['security']) =>
  ({ code }: { readonly code?: string }, socket: Socket) => {
    if (code === 'ECONNRESET' || socket.destroyed) return
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
    const body = 'This request cannot be read.\n'
    const headers = {
      ...security,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      connection: 'close',
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    if (socket.writable)
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
    socket.destroySoon()
  }

const createApp = async ({ publicUrl, trustedProxies, security }: ServerDeps, replies: Replies) => {
  const base = publicUrl.pathname.replace(/\/$/, '')
  const app = Fastify({
    bodyLimit: longestBody,
    trustProxy: trustedProxies.length > 0 ? createProxyCheck(trustedProxies) : false,
    requestTimeout: 20_000,
    forceCloseConnections: 'idle',
    // A request that comes while the process stops is carried out: its own answer would be a page of another program.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 120 },
    // A path that cannot be decoded, or whose token is too long, is answered before any hook; it gets our page as well.
    frameworkErrors: (_, request, reply) =>
      void replies.sendProblem(request as FastifyRequest, reply as FastifyReply, {
        kind: 'problem',
        problem: badRequest,
        detail: 'url',
      }),
    clientErrorHandler: rejectMalformed(security),
    rewriteUrl: request => withoutBase(request.url ?? '/', base),
  })
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: longestBody })
  return app
}

/** Logs refusals in one line per interval. */
const createRefusalLog = (log: Log) => {
  const counts = { network: 0, full: 0 }
  const throttle = createThrottle(seconds(10), () => performance.now())
  return (refusal: Refusal) => {
    counts[refusal] += 1
    throttle(() => {
      log('warn', { check: 'limits.postsPerSecond', refused: { ...counts } })
      counts.network = 0
      counts.full = 0
    })
  }
}

/** Every POST passes the gate before its body is read; a refused one is answered from a prepared page. */
const createGatePassage = (
  { gate, log }: ServerDeps,
  handling: { full: FullReplies; refused: WeakSet<FastifyRequest> },
): onRequestHookHandler => {
  const count = createRefusalLog(log)
  /** Whether it was refused, and answered. */
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const { socket } = request.raw
    const { cookie: cookies } = request.headers
    const decision = gate.check({ ip: request.ip, cookies, isGone: () => socket.destroyed })
    const { refusal, networks } = decision instanceof Promise ? await decision : decision
    if (!refusal) return false
    count(refusal)
    handling.refused.add(request)
    const { keepsFields } = request.routeOptions.config as { keepsFields?: boolean }
    if (refusal !== 'network' && keepsFields && gate.isOrdinaryLoad(networks)) return false
    handling.full.sendProblem(request, reply, refusal)
    return true
  }
  return (request, reply, done) => {
    if (request.method !== 'POST') return done()
    refuse(request, reply).then(isRefused => isRefused || done(), done)
  }
}

/** A monitor asks by the address of the machine, and may add a query. */
const isHealthPath = (url: string) => ['/healthz', '/readyz'].includes(url.split('?')[0] ?? '')

/** Liveness and readiness for monitoring. They run no check themselves, and do not say which part is unavailable. */
const registerHealthRoutes = (app: FastifyInstance, health: ServerDeps['health']) => {
  app.get('/healthz', (_, reply) => reply.header('cache-control', 'no-store').type('text/plain').send('ok\n'))
  app.get('/readyz', (_, reply) => {
    const { ready, age } = health()
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready, age })
  })
}

/** The host of the request must be ours, but for a monitor. */
const createHostStep = (publicUrl: URL, replies: Replies): onRequestHookHandler => {
  const isOurHost = createHostCheck(publicUrl)
  return (request, reply, done) => {
    if (isHealthPath(request.url) || isOurHost(request.headers.host)) return done()
    replies.sendProblem(request, reply, { kind: 'problem', problem: badRequest, detail: 'host' })
  }
}

/** Reports each answered request, and logs those that may have changed something. */
const createObserver =
  ({ observe, log }: ServerDeps, refused: WeakSet<FastifyRequest>): onResponseHookHandler =>
  (request, reply, done) => {
    const { method, routeOptions } = request
    const answered = { route: routeOptions.url ?? null, method, status: reply.statusCode }
    observe?.({ ...answered, seconds: reply.elapsedTime / 1000 })
    const isLogged = method !== 'GET' && method !== 'HEAD' && !refused.has(request)
    if (isLogged) log('info', { ...answered, ms: Math.round(reply.elapsedTime) })
    done()
  }

export const buildServer = async (deps: ServerDeps): Promise<FastifyInstance> => {
  const replies = createReplies(deps)
  const app = await createApp(deps, replies)
  const full = createFullReplies(replies)
  const refused = new WeakSet<FastifyRequest>()
  const allowedMethods = createAllowedMethods()
  const register = registerRoutes({
    app,
    deps,
    replies: { ...replies, full: { replies: full, isRefused: request => refused.has(request) } },
    allowedMethods,
  })
  // Every page passes these hooks, so none of them makes a promise for a GET.
  const onArrival = inOrder(requestOrder.arrived, {
    checkHost: createHostStep(deps.publicUrl, replies),
    warnAboutAddress: createAddressWarning(deps.log, createProxyCheck(deps.trustedProxies)),
    passGate: createGatePassage(deps, { full, refused }),
  })
  for (const step of onArrival) app.addHook('onRequest', step)
  for (const step of inOrder(requestOrder.answered, { observe: createObserver(deps, refused) }))
    app.addHook('onResponse', step)
  app.setNotFoundHandler((request, reply) => {
    const methods = allowedMethods.of(request.url)
    const isOther = methods !== null && !methods.includes(request.method)
    if (isOther) reply.header('allow', methods.join(', '))
    return replies.sendProblem(request, reply, { kind: 'problem', problem: isOther ? wrongMethod : notFound })
  })
  app.setErrorHandler((fault: Fault, request, reply) =>
    replies.sendProblem(request, reply, { kind: 'problem', ...problemOf(fault) }),
  )

  registerHealthRoutes(app, deps.health)
  registerWellKnown(app, deps)
  registerInstallation(app, deps)
  for (const [name, handlers] of Object.entries(deps.router) as [RouteName, RouteHandlers][])
    register(name, handlers)
  return app
}
