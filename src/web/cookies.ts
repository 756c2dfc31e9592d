import { timingSafeEqual } from 'node:crypto'
import { hmac } from '../keys.ts'

/** `__Host-`: only this host over TLS can set it, for the whole host (ASVS 3.3.3). */
export const cookieNames = {
  journey: '__Host-journey',
  known: '__Host-known',
  session: '__Host-session',
  pendingSignIn: '__Host-entering',
  externalSignIn: '__Host-away',
  receipt: '__Host-receipt',
} as const
export type CookieName = keyof typeof cookieNames

const handleShape = /^[\w-]{20,64}$/

const rawCookie = (header: string | undefined, name: CookieName) => {
  const prefix = `${cookieNames[name]}=`
  const found = (header ?? '').split(/;\s*/, 60).find(pair => pair.startsWith(prefix))
  return found?.slice(prefix.length)
}

/** The value of one of our cookies, when it has the shape of a handle; anything else was not set by us. */
export const readCookie = (header: string | undefined, name: CookieName) => {
  const value = rawCookie(header, name)
  return value && handleShape.test(value) ? value : null
}

export const cookieLine = (name: CookieName, value: string, maxAgeSeconds: number) =>
  `${cookieNames[name]}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`

/** The cookies that give precedence when the portal is full. */
const signed: readonly CookieName[] = ['known', 'session']
const tagged = /^([\w-]{20,64})\.([\w-]{22})$/

/**
 * These carry a tag under a key of ours, so that an invented value costs no look at the store, least of all under a flood.
 * The tag proves that we made the handle, and nothing else: what it opens is in the store.
 */
export const createCookies = (key: Buffer) => {
  const tagOf = (name: CookieName, value: string) => hmac(key, name, value).slice(0, 22)

  /** A value without a tag was given before there were any; it opens what it opened, without precedence. */
  const readSigned = (header: string | undefined, name: CookieName) => {
    const [, value = '', tag = ''] = tagged.exec(rawCookie(header, name) ?? '') ?? []
    const right = Buffer.from(tagOf(name, value))
    if (value && timingSafeEqual(right, Buffer.from(tag))) return { value, ours: true }
    const bare = readCookie(header, name)
    return bare === null ? null : { value: bare, ours: false }
  }

  return {
    line: (name: CookieName, value: string, maxAgeSeconds: number) =>
      cookieLine(
        name,
        value && signed.includes(name) ? `${value}.${tagOf(name, value)}` : value,
        maxAgeSeconds,
      ),
    read: (header: string | undefined, name: CookieName) =>
      signed.includes(name) ? (readSigned(header, name)?.value ?? null) : readCookie(header, name),
    /** The handles that we made, of a browser that may be known. */
    ours: (header: string | undefined) =>
      header === undefined
        ? []
        : signed.flatMap(name => {
            const found = readSigned(header, name)
            return found?.ours ? [{ name, value: found.value }] : []
          }),
  }
}

export type Cookies = ReturnType<typeof createCookies>
