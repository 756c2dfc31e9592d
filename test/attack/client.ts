import { Agent, request } from 'node:http'
import type { Cookies } from './state.ts'

/**
 * A minimal HTTP client with cookies, cheap enough for a million requests. Both processes serve one public address, as behind a
 * load balancer; `port` chooses the process of each request.
 */
export type Reply = {
  readonly status: number
  readonly location: string | null
  readonly html: string
  readonly set: Partial<Cookies>
}

const names = ['journey', 'session', 'pending', 'known'] as const
export type CookieName = (typeof names)[number]

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/** `__Host-journey=…; Path=/; Max-Age=3600; …`; the value is empty when the cookie is deleted. */
const setIn = (lines: readonly string[]): Partial<Cookies> =>
  Object.fromEntries(
    lines.flatMap(line => {
      const found = /^__Host-(\w+)=([^;]*)/.exec(line)
      const value = line.includes('Max-Age=0;') ? '' : (found?.[2] ?? '')
      return found ? [[found[1], value]] : []
    }),
  )

export const newClient = (host: string, port: () => number) => {
  const jar = new Map<CookieName, string>()
  /** All cookie values that this browser ever received: it may send an old one again. */
  const given = new Map<CookieName, string[]>(names.map(name => [name, []]))

  const keep = (set: Partial<Cookies>) => {
    for (const name of names) {
      const value = set[name]
      if (value === undefined) continue
      if (value === '') jar.delete(name)
      else {
        jar.set(name, value)
        given.get(name)?.push(value)
      }
    }
  }

  const send = (method: string, path: string, body: string, headers: Record<string, string>) =>
    new Promise<Reply>((resolve, reject) => {
      const cookie = [...jar].map(([name, value]) => `__Host-${name}=${value}`).join('; ')
      const sent = request({
        agent,
        host: '127.0.0.1',
        port: port(),
        method,
        path,
        headers: { host, 'accept-language': 'fr', ...(cookie && { cookie }), ...headers },
      })
      sent.once('error', reject)
      sent.once('response', answer => {
        const set = setIn(answer.headers['set-cookie'] ?? [])
        keep(set)
        let html = ''
        answer.setEncoding('utf8')
        answer.on('data', part => {
          html += part
        })
        answer.once('error', reject)
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? null, html, set }),
        )
      })
      sent.end(body)
    })

  return {
    cookies: (): Cookies => ({
      journey: jar.get('journey') ?? '',
      session: jar.get('session') ?? '',
      pending: jar.get('pending') ?? '',
      known: jar.get('known') ?? '',
    }),
    given,
    put: (name: CookieName, value: string) => jar.set(name, value),
    clear: () => jar.clear(),
    get: (path: string) => send('GET', path, '', {}),
    post: (path: string, fields: Readonly<Record<string, string>>, fetchSite = 'same-origin') => {
      const body = new URLSearchParams(fields).toString()
      return send('POST', path, body, {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(body)),
        'sec-fetch-site': fetchSite,
      })
    },
  }
}

export type Client = ReturnType<typeof newClient>
