import { createServer } from 'node:http'

export type TextMessage = { readonly to: string; readonly text: string }

/** An HTTP gateway for text messages on the loopback; it requires its bearer token. */
export const startSmsGateway = async (port: number, token: string) => {
  const received: TextMessage[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', part => parts.push(part))
    request.on('end', () => {
      const known = request.headers.authorization === `Bearer ${token}`
      if (known) received.push(JSON.parse(Buffer.concat(parts).toString()) as TextMessage)
      response.writeHead(known ? 204 : 401).end()
    })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    received: received as readonly TextMessage[],
    stop: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

export type SmsGateway = Awaited<ReturnType<typeof startSmsGateway>>
