import { ResultCodeError } from 'ldapts'
import { type Connection, openConnection } from './connection.ts'
import { ConnectError } from './fault.ts'
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

/** Milliseconds one call may take: a connect timeout per server, then the portal's bind, two searches and the work. */
export const longestCall = ({ urls, connectTimeout, answerTimeout }: ConnectionSettings) =>
  urls.length * connectTimeout + 4 * answerTimeout

type PrepareConnection = (connection: Connection) => Promise<void>

type UseOptions = {
  readonly server?: string | undefined
  /** The work only reads, and may be retried on a new connection. */
  readonly retry: boolean
  /** When it aborts, the connection in use is destroyed and the work throws `UnreachableError`. */
  readonly signal?: AbortSignal | undefined
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

/**
 * A pool of open connections, each used by one request at a time: a person's bind must not change the identity of another
 * request, and a timeout must destroy one request only. The first server that answers is preferred until it fails.
 */
export const openConnectionPool = (
  settings: ConnectionSettings,
  prepare: PrepareConnection = async () => {},
) => {
  const idle = new Map<string, Connection[]>()
  const waiting: (() => void)[] = []
  let busy = 0
  let preferred = 0
  let closed = false

  /** When every connection hangs, a request does not queue for each timeout in turn: it fails after this wait. */
  const slotTimeout = settings.connectTimeout

  const acquireSlot = async () => {
    if (busy < settings.pool) {
      busy += 1
      return
    }
    const acquired = await new Promise<boolean>(resolve => {
      const grant = () => {
        clearTimeout(timer)
        resolve(true)
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(grant), 1)
        resolve(false)
      }, slotTimeout)
      waiting.push(grant)
    })
    if (!acquired) throw new UnreachableError(false, new Error('every connection is busy'))
  }
  /** Hands the slot to the next waiter directly, so that no newer request can take it first. */
  const releaseSlot = () => {
    const next = waiting.shift()
    if (next) next()
    else busy -= 1
  }
  const connect = async (url: string) => {
    const connection = await openConnection(url, settings)
    try {
      await prepare(connection)
      return connection
    } catch (fault) {
      connection.destroy()
      throw fault
    }
  }

  const takeIdleConnection = (url: string) => {
    const connections = idle.get(url) ?? []
    for (;;) {
      const connection = connections.pop()
      if (!connection || connection.isUsable()) return connection
      connection.destroy()
    }
  }

  /** An idle connection of that server, else a new one; without `server`, of the first that answers. */
  const acquireConnection = async (
    server: string | undefined,
  ): Promise<{ connection: Connection; isNew: boolean }> => {
    const { urls } = settings
    const order = server ? [server] : urls.map((_, index) => urls[(preferred + index) % urls.length] ?? '')
    let lastFault: unknown
    for (const url of order) {
      const idleConnection = takeIdleConnection(url)
      if (idleConnection) return { connection: idleConnection, isNew: false }
      try {
        const connection = await connect(url)
        if (!server) preferred = urls.indexOf(url)
        return { connection, isNew: true }
      } catch (fault) {
        lastFault = new ConnectError(url, fault)
      }
    }
    throw new UnreachableError(false, lastFault)
  }

  const releaseConnection = (connection: Connection) => {
    const connections = idle.get(connection.server) ?? []
    idle.set(connection.server, connections)
    if (closed || !connection.isUsable()) connection.destroy()
    else connections.push(connection)
  }

  const use = async <T>(work: (connection: Connection) => Promise<T>, options: UseOptions): Promise<T> => {
    const { signal } = options
    const { connection, isNew } = await abortable(signal, acquireConnection(options.server), late =>
      releaseConnection(late.connection),
    )
    signal?.addEventListener('abort', connection.destroy, { once: true })
    const startedAt = performance.now()
    try {
      const result = await work(connection)
      releaseConnection(connection)
      return result
    } catch (fault) {
      if (isServerAnswer(fault)) {
        releaseConnection(connection)
        throw fault
      }
      connection.destroy()
      // A server may have closed an idle connection: a read is retried once on a new one. A timeout is not retried, because
      // that would double how long a person waits.
      const isTimeout = performance.now() - startedAt > settings.answerTimeout / 2
      if (options.retry && !isNew && !isTimeout && !signal?.aborted)
        return use(work, { ...options, retry: false })
      throw new UnreachableError(true, fault)
    } finally {
      signal?.removeEventListener('abort', connection.destroy)
    }
  }

  return {
    /** LDAP results of the server are thrown unchanged; every other fault is thrown as an `UnreachableError`. */
    with: async <T>(work: (connection: Connection) => Promise<T>, options: UseOptions): Promise<T> => {
      await abortable(options.signal, acquireSlot(), releaseSlot)
      try {
        return await use(work, options)
      } finally {
        releaseSlot()
      }
    },
    close: async () => {
      closed = true
      for (const connections of idle.values()) for (const connection of connections) connection.destroy()
      idle.clear()
    },
  }
}

export type ConnectionPool = ReturnType<typeof openConnectionPool>
