import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Health } from '../jobs/heartbeat.ts'
import { readAddress } from '../limits/address.ts'

/**
 * Accepts addresses, `localhost` and the configured host name. Other names are refused: a page of another site whose name
 * resolves to the loopback (DNS rebinding) must not read this listener through an operator's browser.
 */
const isOurs = (host: string, configured: string) => {
  const name = host.replace(/:\d*$/, '').toLowerCase()
  return name === 'localhost' || name === configured.toLowerCase() || readAddress(host) !== null
}

type AdminDeps = {
  readonly host: string
  readonly health: () => Health
  readonly metrics: { readonly contentType: string; render(): Promise<string> }
}

/** The listener for the operator, which the proxy does not publish: the state of each part, and figures. */
export const createAdminListener = (deps: AdminDeps) => {
  const server = createServer(async (request, response) => {
    const sendText = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    const send = (status: number, body: unknown) =>
      sendText(status, 'application/json', `${JSON.stringify(body)}\n`)
    if (!isOurs(request.headers.host ?? '', deps.host)) return send(400, { error: 'host' })
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, { error: 'method' })
    // Prometheus adds what its `params` say to the address.
    const [path] = (request.url ?? '').split('?')
    if (path === '/metrics') return sendText(200, deps.metrics.contentType, await deps.metrics.render())
    if (path !== '/readyz') return send(404, { error: 'not found' })
    const health = deps.health()
    return send(health.ready ? 200 : 503, health)
  })
  server.requestTimeout = 5000
  server.maxConnections = 64
  return {
    /** The address, or why it could not listen. The portal serves people without it. */
    listen: (port: number) =>
      new Promise<{ readonly url: string } | { readonly fault: string }>(resolve => {
        server.on('error', fault => resolve({ fault: fault.message }))
        server.listen(port, deps.host, () => {
          const { address, family, port: boundPort } = server.address() as AddressInfo
          resolve({ url: `http://${family === 'IPv6' ? `[${address}]` : address}:${boundPort}` })
        })
      }),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
