import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The portal as a browser that refuses cookies sees it: every answer comes without its cookies. */
export const startCookielessProxy = async (url: string) => {
  const proxy = createServer((asked, answer) => {
    // The portal answers to its own name alone.
    const headers = { ...asked.headers, host: new URL(url).host }
    const sent = request(new URL(asked.url ?? '/', url), { method: asked.method, headers }, given => {
      const { 'set-cookie': _, ...kept } = given.headers
      answer.writeHead(given.statusCode ?? 502, kept)
      given.pipe(answer)
    })
    sent.on('error', () => answer.destroy())
    asked.pipe(sent)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    stop: () => {
      proxy.closeAllConnections()
      return new Promise(resolve => proxy.close(resolve))
    },
  }
}
