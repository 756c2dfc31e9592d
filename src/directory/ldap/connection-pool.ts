import { ResultCodeError } from 'ldapts'
import { type Connection, openConnection } from './connection.ts'
import { ConnectError } from './fault.ts'
import { isNotServed, isUnwilling } from './refusals.ts'
import type { ConnectionSettings } from './settings.ts'

/** The server cannot be reached or did not answer. `sent`: the request was sent, so its outcome is unknown. */
export class UnreachableError extends Error {
  readonly sent: boolean
  constructor(sent: boolean, cause: unknown) {
    super('the directory cannot be reached', { cause })
    this.sent = sent
  }
}

/** True for an LDAP result of the server, as opposed to a fault of the network. */
export const isServerAnswer = (fault: unknown): fault is ResultCodeError => fault instanceof ResultCodeError

/**
 * Milliseconds one call may take: a connect timeout per server, then the portal's bind, a search in each scope, what is read besides
 * (groups, policy), and the work.
 */
export const longestCall = ({ urls, connectTimeout, answerTimeout }: ConnectionSettings, scopes = 1) =>
  urls.length * connectTimeout + (3 + scopes) * answerTimeout

type PrepareConnection = (connection: Connection) => Promise<void>

type UseOptions = {
  readonly server?: string | undefined
  /** The work only reads or binds, and may be retried on a new connection, or on another server. */
  readonly retry: boolean
  /** When it aborts, the connection in use is destroyed and the work throws `UnreachableError`. */
  readonly signal?: AbortSignal | undefined
  /** Servers that answered that another one should be asked. */
  readonly tried?: readonly string[]
}

/** Rejects when `signal` aborts first; a result that comes after that is passed to `discard`. */
export const abortable = async <T>(
  signal: AbortSignal | undefined,
  promise: Promise<T>,
  discard: (late: T) => void,
) => {
  if (!signal) return promise
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new UnreachableError(false, signal.reason))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } catch (fault) {
    promise.then(discard, () => {})
    throw fault
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

type Pool = {
  readonly settings: ConnectionSettings
  readonly prepare: PrepareConnection
  readonly idle: Map<string, Connection[]>
  readonly waiting: (() => void)[]
  busy: number
  preferred: number
  closed: boolean
}

async function acquireSlot(pool: Pool) {
  const { settings, waiting } = pool
  if (pool.busy < settings.pool) {
    pool.busy += 1
    return
  }
  const acquired = await new Promise<boolean>(resolve => {
    const grant = () => {
      clearTimeout(timer)
      resolve(true)
    }
    // When every connection hangs, a request does not queue for each timeout in turn: it fails after this wait.
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(grant), 1)
      resolve(false)
    }, settings.connectTimeout)
    waiting.push(grant)
  })
  if (!acquired) throw new UnreachableError(false, new Error('every connection is busy'))
}

/** Hands the slot to the next waiter directly, so that no newer request can take it first. */
function releaseSlot(pool: Pool) {
  const next = pool.waiting.shift()
  if (next) next()
  else pool.busy -= 1
}

async function connect({ settings, prepare }: Pool, url: string) {
  const connection = await openConnection(url, settings)
  try {
    await prepare(connection)
    return connection
  } catch (fault) {
    connection.destroy()
    throw fault
  }
}

function takeIdleConnection({ idle }: Pool, url: string) {
  const connections = idle.get(url) ?? []
  for (;;) {
    const connection = connections.pop()
    if (!connection || connection.isUsable()) return connection
    connection.destroy()
  }
}

/** The servers that may be tried, the preferred one first. */
function serversFor({ settings: { urls }, preferred }: Pool, { server, tried = [] }: UseOptions) {
  const order = server ? [server] : urls.map((_, index) => urls[(preferred + index) % urls.length] ?? '')
  return order.filter(url => !tried.includes(url))
}

/** An idle connection of that server, else a new one; without `server`, of the first that answers. */
async function acquireConnection(
  pool: Pool,
  options: UseOptions,
): Promise<{ connection: Connection; isNew: boolean }> {
  let lastFault: unknown
  for (const url of serversFor(pool, options)) {
    const idleConnection = takeIdleConnection(pool, url)
    if (idleConnection) return { connection: idleConnection, isNew: false }
    try {
      return { connection: await connect(pool, url), isNew: true }
    } catch (fault) {
      lastFault = new ConnectError(url, fault)
    }
  }
  throw new UnreachableError(false, lastFault)
}

function releaseConnection({ idle, closed }: Pool, connection: Connection) {
  const connections = idle.get(connection.server) ?? []
  idle.set(connection.server, connections)
  if (closed || !connection.isUsable()) connection.destroy()
  else connections.push(connection)
}

type Work<T> = (connection: Connection) => Promise<T>
type Failed = { readonly connection: Connection; readonly isNew: boolean; readonly took: number }

/** A server answered by an LDAP result: another one is asked where this one did not carry out a read or a bind. */
async function afterAnswer<T>(
  pool: Pool,
  work: Work<T>,
  options: UseOptions,
  fault: ResultCodeError,
): Promise<T> {
  if (!options.retry || !isNotServed(fault) || serversFor(pool, options).length === 0) throw fault
  return runOnConnection(pool, work, options).catch(other => {
    // Where no other server is reached, this answer is final: a server may be unwilling for the entry's sake.
    const isFinal = isUnwilling(fault.code) && other instanceof UnreachableError && !options.signal?.aborted
    throw isFinal ? fault : other
  })
}

/** The server was not reached: nothing was sent, so even a write may go to another one. */
async function afterNoConnection<T>(pool: Pool, work: Work<T>, options: UseOptions, fault: ConnectError) {
  if (serversFor(pool, options).length === 0 || options.signal?.aborted)
    throw new UnreachableError(false, fault)
  return runOnConnection(pool, work, options)
}

async function afterFault<T>(
  pool: Pool,
  work: Work<T>,
  options: UseOptions,
  fault: unknown,
  { connection, isNew, took }: Failed,
): Promise<T> {
  const next = { ...options, tried: [...(options.tried ?? []), connection.server] }
  if (isServerAnswer(fault)) {
    releaseConnection(pool, connection)
    return afterAnswer(pool, work, next, fault)
  }
  connection.destroy()
  if (!connection.wasReached())
    return afterNoConnection(pool, work, next, new ConnectError(connection.server, fault))
  // A server may have closed an idle connection: a read is retried once on a new one. A timeout is not retried, because
  // that would double how long a person waits.
  const isTimeout = took > pool.settings.answerTimeout / 2
  if (options.retry && !isNew && !isTimeout && !options.signal?.aborted)
    return runOnConnection(pool, work, { ...options, retry: false })
  throw new UnreachableError(true, fault)
}

async function runOnConnection<T>(pool: Pool, work: Work<T>, options: UseOptions): Promise<T> {
  const { signal } = options
  const { connection, isNew } = await abortable(signal, acquireConnection(pool, options), late =>
    releaseConnection(pool, late.connection),
  )
  signal?.addEventListener('abort', connection.destroy, { once: true })
  const startedAt = performance.now()
  try {
    const result = await work(connection)
    if (!options.server) pool.preferred = pool.settings.urls.indexOf(connection.server)
    releaseConnection(pool, connection)
    return result
  } catch (fault) {
    const took = performance.now() - startedAt
    return await afterFault(pool, work, options, fault, { connection, isNew, took })
  } finally {
    signal?.removeEventListener('abort', connection.destroy)
  }
}

async function runInSlot<T>(pool: Pool, work: Work<T>, options: UseOptions): Promise<T> {
  await abortable(options.signal, acquireSlot(pool), () => releaseSlot(pool))
  try {
    return await runOnConnection(pool, work, options)
  } finally {
    releaseSlot(pool)
  }
}

async function closePool(pool: Pool) {
  pool.closed = true
  for (const connections of pool.idle.values()) for (const connection of connections) connection.destroy()
  pool.idle.clear()
}

/**
 * A pool of open connections, each used by one request at a time: a person's bind must not change the identity of another
 * request, and a timeout must destroy one request only. The first server that answers is preferred until it fails.
 */
export const openConnectionPool = (
  settings: ConnectionSettings,
  prepare: PrepareConnection = async () => {},
) => {
  const pool: Pool = {
    settings,
    prepare,
    idle: new Map(),
    waiting: [],
    busy: 0,
    preferred: 0,
    closed: false,
  }
  return {
    /** Milliseconds that one call may take. */
    longest: longestCall(settings),
    /** LDAP results of the server are thrown unchanged; every other fault is thrown as an `UnreachableError`. */
    with: <T>(work: (connection: Connection) => Promise<T>, options: UseOptions): Promise<T> =>
      runInSlot(pool, work, options),
    close: () => closePool(pool),
  }
}

export type ConnectionPool = ReturnType<typeof openConnectionPool>
