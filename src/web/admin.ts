import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readAddress } from './address.ts'
import type { Health } from './heartbeat.ts'

/**
 * Host names are refused but for `localhost` and the configured one: a page of another site that points its own name at
 * the loopback (DNS rebinding) must not read this listener through somebody's browser.
 */
const isOurs = (host: string, configured: string) => {
  const name = host.replace(/:\d*$/, '').toLowerCase()
  return name === 'localhost' || name === configured.toLowerCase() || readAddress(host) !== null
}

/** What is for the operator alone, on a listener that the proxy does not publish: the state of each part. */
export const createAdminListener = (deps: { readonly host: string; readonly health: () => Health }) => {
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(`${JSON.stringify(body)}\n`)
    if (!isOurs(request.headers.host ?? '', deps.host)) return send(400, { error: 'host' })
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, { error: 'method' })
    if (request.url !== '/readyz') return send(404, { error: 'not found' })
    const health = deps.health()
    return send(health.ready ? 200 : 503, health)
  })
  server.requestTimeout = 5000
  server.maxConnections = 64
  return {
    /** Its address; or why it does not listen. The portal serves people without it. */
    listen: (port: number) =>
      new Promise<{ readonly url: string } | { readonly fault: string }>(resolve => {
        server.on('error', fault => resolve({ fault: fault.message }))
        server.listen(port, deps.host, () => {
          const { address, family, port: taken } = server.address() as AddressInfo
          resolve({ url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}` })
        })
      }),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
