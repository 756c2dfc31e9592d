import type { HttpClient, Reply } from '../../web/http-client.ts'

/** A browser of one login: cookies of one origin, redirects followed by hand and only there. */
export type Place = { readonly url: URL; readonly reply: Reply }

const mostRedirects = 10

const hasExpired = (attributes: readonly string[]) =>
  attributes.some(attribute => {
    const [name = '', value = ''] = attribute.split('=').map(part => part.trim())
    if (name.toLowerCase() === 'max-age') return Number(value) <= 0
    return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now()
  })

const keepCookies = (cookies: Map<string, string>, set: readonly string[] = []) => {
  for (const line of set) {
    const [pair = '', ...attributes] = line.split(';')
    const [, name = '', value = ''] = /^\s*([^=]+)=(.*)$/s.exec(pair) ?? []
    if (name === '') continue
    if (hasExpired(attributes)) cookies.delete(name)
    else cookies.set(name, value.trim())
  }
}

/** Where the server leads; null where it leads nowhere. */
const leadsTo = ({ url, reply }: Place): URL | null => {
  const { location } = reply.headers
  if (reply.status < 300 || reply.status > 399 || location === undefined) return null
  return URL.parse(location, url.href)
}

export const walker = (send: HttpClient, origin: string) => {
  const cookies = new Map<string, string>()

  const step = async (url: URL, signal: AbortSignal, body?: string): Promise<Place> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await send(url, {
      signal,
      headers: {
        ...{ Accept: 'text/html', 'User-Agent': 'Sesame' },
        ...(cookie && { Cookie: cookie }),
        // As a browser's form does: servers that mind where a form comes from are told.
        ...(body !== undefined && {
          'Content-Type': 'application/x-www-form-urlencoded',
          'Content-Length': String(Buffer.byteLength(body)),
          ...{ Origin: origin, Referer: url.href },
        }),
      },
      ...(body !== undefined && { method: 'POST' as const, body }),
    })
    keepCookies(cookies, reply.headers['set-cookie'])
    return { url, reply }
  }

  /** The page where the redirects end, or the first address outside of the server: nothing is sent there. */
  const arrive = async (
    url: URL,
    signal: AbortSignal,
    body?: string,
  ): Promise<Place | { readonly outside: URL }> => {
    let place = await step(url, signal, body)
    for (let count = 0; count < mostRedirects; count += 1) {
      const next = leadsTo(place)
      if (!next) break
      if (next.origin !== origin) return { outside: next }
      place = await step(next, signal)
    }
    return place
  }

  return { arrive }
}

export type Walker = ReturnType<typeof walker>
