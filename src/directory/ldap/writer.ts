import type { Connection } from './connection.ts'
import { type ConnectionPool, UnreachableError } from './connection-pool.ts'

/** What the work of a writer returns when its server did not carry out the write, and another one may. */
export const notWrittenHere = { ok: false, reason: 'not-written-here' } as const
export type NotWrittenHere = typeof notWrittenHere

const isNotWritten = (answer: unknown): answer is NotWrittenHere => answer === notWrittenHere

/**
 * Writes on the first server that does. Of several servers some may be replicas that only read: they answer with a referral or are
 * unwilling. A referral is not followed, because the portal shows its password to configured servers only: they are tried in turn.
 * The one that wrote is tried first the next time. Throws `UnreachableError` when none writes.
 */
export const createWriter = (pool: ConnectionPool, urls: readonly string[]) => {
  let writer: string | undefined
  return async <T>(
    work: (connection: Connection) => Promise<T | NotWrittenHere>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const tried = new Set<string>()
    /** Without `server`, on the one that the pool prefers. */
    const writeOn = (server: string | undefined) =>
      pool.with(
        async connection => {
          tried.add(connection.server)
          const answer = await work(connection)
          if (!isNotWritten(answer) && tried.size > 1) writer = connection.server
          return answer
        },
        { server, retry: false, signal },
      )
    /** A server chosen here that cannot be reached leaves the write to the next, as one that does not write. */
    const tryOn = async (server: string | undefined) => {
      if (server === undefined) return writeOn(server)
      tried.add(server)
      return writeOn(server).catch(fault => {
        if (fault instanceof UnreachableError && !fault.sent) return notWrittenHere
        throw fault
      })
    }
    let answer = await tryOn(writer)
    while (isNotWritten(answer)) {
      const next = urls.find(url => !tried.has(url))
      if (next === undefined) throw new UnreachableError(false, new Error('no server writes'))
      answer = await tryOn(next)
    }
    return answer
  }
}
