import type { HttpClient, Reply } from '../../http-client/http-client.ts'

/** A loaded page: its address and the server's reply. */
export type LoadedPage = { readonly url: URL; readonly reply: Reply }

const maxRedirects = 10

const hasExpired = (attributes: readonly string[]) =>
  attributes.some(attribute => {
    const [name = '', value = ''] = attribute.split('=').map(part => part.trim())
    if (name.toLowerCase() === 'max-age') return Number(value) <= 0
    return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now()
  })

function storeCookies(cookies: Map<string, string>, set: readonly string[] = []) {
  for (const line of set) {
    const [pair = '', ...attributes] = line.split(';')
    const [, name = '', value = ''] = /^\s*([^=]+)=(.*)$/s.exec(pair) ?? []
    if (name === '') continue
    if (hasExpired(attributes)) cookies.delete(name)
    else cookies.set(name, value.trim())
  }
}

/** The target of a redirect; null when the reply is none. */
const redirectTarget = ({ url, reply }: LoadedPage): URL | null => {
  const { location } = reply.headers
  if (reply.status < 300 || reply.status > 399 || location === undefined) return null
  return URL.parse(location, url.href)
}

type State = { readonly send: HttpClient; readonly origin: string; readonly cookies: Map<string, string> }

async function request(
  { send, origin, cookies }: State,
  url: URL,
  signal: AbortSignal,
  body?: string,
): Promise<LoadedPage> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const reply = await send(url, {
    signal,
    headers: {
      Accept: 'text/html',
      'User-Agent': 'Sesame',
      ...(cookie && { Cookie: cookie }),
      // As a browser sends a form: some servers check its origin.
      ...(body !== undefined && {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': String(Buffer.byteLength(body)),
        Origin: origin,
        Referer: url.href,
      }),
    },
    ...(body !== undefined && { method: 'POST' as const, body }),
  })
  storeCookies(cookies, reply.headers['set-cookie'])
  return { url, reply }
}

async function load(
  state: State,
  url: URL,
  signal: AbortSignal,
  body?: string,
): Promise<LoadedPage | { readonly otherOrigin: URL }> {
  let page = await request(state, url, signal, body)
  for (let count = 0; count < maxRedirects; count += 1) {
    const next = redirectTarget(page)
    if (!next) break
    if (next.origin !== state.origin) return { otherOrigin: next }
    page = await request(state, next, signal)
  }
  return page
}

/** A minimal browser for one login: it keeps the cookies of one origin, and follows redirects within that origin only. */
export const createLoginBrowser = (send: HttpClient, origin: string) => {
  const state: State = { send, origin, cookies: new Map() }
  return {
    /** Loads the page at the end of the redirects, or gives the first address of another origin, to which nothing is sent. */
    load: (url: URL, signal: AbortSignal, body?: string) => load(state, url, signal, body),
  }
}

export type LoginBrowser = ReturnType<typeof createLoginBrowser>
