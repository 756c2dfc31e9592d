import type { IncomingMessage, ServerResponse } from 'node:http'
import { digestOf } from '../crypto/crypto.ts'
import { compress, type Encoding, encodingFor } from './compress.ts'

/**
 * A page that is the same for everyone: rendered once per language, compressed once per encoding, and sent with an ETag and
 * constant headers before any per-request work. It reads no cookie and stores nothing.
 */
export type StaticPage = (request: IncomingMessage, response: ServerResponse, varies: boolean) => void

type PreparedPage = {
  readonly body: Buffer
  readonly headers: readonly string[]
  readonly varying: readonly string[]
}

const flatHeaders = (headers: Readonly<Record<string, string>>) => Object.entries(headers).flat()

export const staticPage = (html: string, security: Readonly<Record<string, string>>): StaticPage => {
  const digest = digestOf(html).slice(0, 22)
  const prepare = (encoding: Encoding): PreparedPage & { etag: string } => {
    const body = compress(html, encoding, true)
    const etag = `"${digest}-${encoding}"`
    const headers = (vary: string) =>
      flatHeaders({
        ...security,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        vary,
        etag,
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
        'content-length': String(body.length),
      })
    return {
      body,
      etag,
      headers: headers('Accept-Encoding'),
      varying: headers('Accept-Encoding, Accept-Language'),
    }
  }
  const prepared = new Map<Encoding, ReturnType<typeof prepare>>()
  /** Compressed at the first request for this encoding: brotli at its slowest level takes 20 ms. */
  const pageIn = (encoding: Encoding) => {
    const ready = prepared.get(encoding) ?? prepare(encoding)
    prepared.set(encoding, ready)
    return ready
  }

  return (request, response, varies) => {
    const { body, etag, headers, varying } = pageIn(
      encodingFor(request.headers['accept-encoding'] as string | undefined),
    )
    const isUnchanged = request.headers['if-none-match']?.includes(etag) ?? false
    response.writeHead(isUnchanged ? 304 : 200, (varies ? varying : headers) as string[])
    response.end(isUnchanged || request.method === 'HEAD' ? undefined : body)
  }
}
