import { Server as SocketServer } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Ends the listener of an app without failing a request. A proxy keeps connections open, and does not repeat a POST that it sent into
 * one as this side closed it: the person would read its 502. So new connections are refused at once, which lets a proxy ask another
 * process, while those that are open serve one more request each for `drain` milliseconds; its answer closes them. Then each is
 * closed as soon as it is idle. A request that its sender does not complete would keep the process for ever, because the server no longer
 * looks at its time-outs: after `requestTimeout` more, all are closed.
 */
export const createServerEnd = (app: FastifyInstance) => {
  const { server } = app
  let drain = 0
  let sweep: NodeJS.Timeout | undefined
  let cut: NodeJS.Timeout | undefined
  const ended = Promise.withResolvers<void>()
  // Fastify answers with « Connection: close » from here on.
  app.addHook('preClose', async () => {
    // After the connections that are waiting were accepted: those left in the queue of a socket that closes are reset.
    await new Promise<void>(resolve => setImmediate(resolve))
    // The method of the HTTP server would close idle connections too.
    SocketServer.prototype.close.call(server, () => ended.resolve())
    const waited = new Promise<void>(resolve => setTimeout(resolve, drain))
    await Promise.race([waited, ended.promise])
    sweep = setInterval(() => server.closeIdleConnections(), 20)
    cut = setTimeout(() => server.closeAllConnections(), server.requestTimeout)
  })
  return async (longest: number) => {
    drain = longest
    await app.close()
    await ended.promise
    clearInterval(sweep)
    clearTimeout(cut)
  }
}
