import { type ClientRequest, type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { trustedAuthority } from '../trusted-authority.ts'

export type Reply = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** No reply, or one that is too long. `sent`: the server may have read the request. */
export class NoReply extends Error {
  readonly sent: boolean
  /** The status of an answer whose body did not come whole; `null`: none came. */
  readonly status: number | null
  constructor(sent: boolean, cause: unknown, status: number | null = null) {
    super('no reply', { cause })
    this.sent = sent
    this.status = status
  }
}

type HttpRequest = {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

const largestReply = 512 * 1024

const readReply = (request: ClientRequest, body: string | undefined) =>
  new Promise<Reply>((resolve, reject) => {
    let sent = false
    let answered: number | null = null
    const fail = (fault: unknown) => reject(new NoReply(sent, fault, answered))
    request.on('socket', socket => {
      const connected = 'encrypted' in socket ? 'secureConnect' : 'connect'
      socket.once(connected, () => {
        sent = true
      })
    })
    request.on('error', fail)
    request.on('response', response => {
      answered = response.statusCode ?? null
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > largestReply) request.destroy(new Error('the answer is too long'))
        else chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    request.end(body)
  })

/**
 * Sends the portal's requests to other servers: one connection per request, the certificate verified (against `caFile` where
 * the authority is private), no redirect followed, everything destroyed when `signal` fires. Throws `NoReply`.
 */
export const createHttpClient = (caFile: string | undefined) => {
  const trusted = trustedAuthority(caFile)
  return async (url: URL, { method = 'GET', headers = {}, body, signal }: HttpRequest): Promise<Reply> => {
    const options = { method, headers: { ...headers, Connection: 'close' }, signal, agent: false as const }
    try {
      const request =
        url.protocol === 'https:'
          ? requestHttps(url, { ...options, ...trusted, minVersion: 'TLSv1.2' })
          : requestHttp(url, options)
      return await readReply(request, body)
    } catch (fault) {
      throw fault instanceof NoReply ? fault : new NoReply(false, fault)
    }
  }
}

export type HttpClient = ReturnType<typeof createHttpClient>
