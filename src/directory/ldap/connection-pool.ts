import { ResultCodeError } from 'ldapts'
import { type Connection, openConnection } from './connection.ts'
import type { ConnectionSettings } from './settings.ts'

/** The server could not be reached, or fell silent. `sent`: the request had left, so what it did is not known. */
export class UnreachableError extends Error {
  readonly sent: boolean
  constructor(sent: boolean, cause: unknown) {
    super('the directory cannot be reached', { cause })
    this.sent = sent
  }
}

/** What the server itself answered, as opposed to a fault of the way there. */
export const isServerAnswer = (fault: unknown): fault is ResultCodeError => fault instanceof ResultCodeError

/** What one call may take in all: servers that refuse in turn, then the portal's bind, two searches and the work itself. */
export const longestCall = ({ urls, connectTimeout, answerTimeout }: ConnectionSettings) =>
  urls.length * connectTimeout + 4 * answerTimeout

type PrepareConnection = (link: Connection) => Promise<void>

type UseOptions = {
  readonly server?: string | undefined
  /** The work has no effect and may be repeated. */
  readonly retry: boolean
  /** When it fires, the connection in use is destroyed and the work ends as `Unreachable`. */
  readonly signal?: AbortSignal | undefined
}

/** The promise, or the end of patience: whichever comes first. What was being opened is then left to `discard`. */
const abortable = async <T>(
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
 * Connections kept open, each used by one request at a time: a person's bind must not change what another request
 * runs as, and a time-out destroys only what waited on it. The first server that answers is kept until it fails.
 */
export const openConnectionPool = (
  settings: ConnectionSettings,
  ready: PrepareConnection = async () => {},
) => {
  const idle = new Map<string, Connection[]>()
  const waiting: (() => void)[] = []
  let busy = 0
  let preferred = 0
  let closed = false

  /** When every connection hangs, a line behind them would wait for each in turn: it is told the truth instead. */
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
  /** A turn is handed over, not thrown open: nobody slips in between. */
  const releaseSlot = () => {
    const next = waiting.shift()
    if (next) next()
    else busy -= 1
  }
  const connect = async (url: string) => {
    const link = await openConnection(url, settings)
    try {
      await ready(link)
      return link
    } catch (fault) {
      link.destroy()
      throw fault
    }
  }

  const takeIdleConnection = (url: string) => {
    const connectionPool = idle.get(url) ?? []
    for (;;) {
      const link = connectionPool.pop()
      if (!link || link.isUsable()) return link
      link.destroy()
    }
  }

  /** An idle link of that server, else a new one; without a server, of the first that answers. */
  const acquireConnection = async (
    server: string | undefined,
  ): Promise<{ link: Connection; isNew: boolean }> => {
    const { urls } = settings
    const order = server ? [server] : urls.map((_, index) => urls[(preferred + index) % urls.length] ?? '')
    let last: unknown
    for (const url of order) {
      const idleConnection = takeIdleConnection(url)
      if (idleConnection) return { link: idleConnection, isNew: false }
      try {
        const link = await connect(url)
        if (!server) preferred = urls.indexOf(url)
        return { link, isNew: true }
      } catch (fault) {
        last = fault
      }
    }
    throw new UnreachableError(false, last)
  }

  const releaseConnection = (link: Connection) => {
    const connectionPool = idle.get(link.server) ?? []
    idle.set(link.server, connectionPool)
    if (closed || !link.isUsable()) link.destroy()
    else connectionPool.push(link)
  }

  const use = async <T>(work: (link: Connection) => Promise<T>, options: UseOptions): Promise<T> => {
    const { signal } = options
    const { link, isNew: fresh } = await abortable(signal, acquireConnection(options.server), late =>
      releaseConnection(late.link),
    )
    signal?.addEventListener('abort', link.destroy, { once: true })
    const startedAt = performance.now()
    try {
      const result = await work(link)
      releaseConnection(link)
      return result
    } catch (fault) {
      if (isServerAnswer(fault)) {
        releaseConnection(link)
        throw fault
      }
      link.destroy()
      // A server may have closed a connection that idled: what only reads is asked once more on a new one. Silence is
      // no such case: asking again would double how long a person waits.
      const isTimeout = performance.now() - startedAt > settings.answerTimeout / 2
      if (options.retry && !fresh && !isTimeout && !signal?.aborted)
        return use(work, { ...options, retry: false })
      throw new UnreachableError(true, fault)
    } finally {
      signal?.removeEventListener('abort', link.destroy)
    }
  }

  return {
    /** Answers of the server are thrown as they are. */
    with: async <T>(work: (link: Connection) => Promise<T>, options: UseOptions): Promise<T> => {
      await abortable(options.signal, acquireSlot(), releaseSlot)
      try {
        return await use(work, options)
      } finally {
        releaseSlot()
      }
    },
    close: async () => {
      closed = true
      for (const connectionPool of idle.values()) for (const link of connectionPool) link.destroy()
      idle.clear()
    },
  }
}

export type ConnectionPool = ReturnType<typeof openConnectionPool>
