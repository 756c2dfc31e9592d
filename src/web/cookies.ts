import { timingSafeEqual } from 'node:crypto'
import { hmac } from '../keys.ts'

/** `__Host-`: only this host over TLS can set it, for the whole host (ASVS 3.3.3). */
export const cookieNames = {
  journey: '__Host-journey',
  known: '__Host-known',
  session: '__Host-session',
  pendingSignIn: '__Host-pending',
  externalSignIn: '__Host-external',
  receipt: '__Host-receipt',
} as const
export type CookieName = keyof typeof cookieNames

const handleShape = /^[\w-]{20,64}$/

const rawCookie = (header: string | undefined, name: CookieName) => {
  const prefix = `${cookieNames[name]}=`
  const found = (header ?? '').split(/;\s*/, 60).find(pair => pair.startsWith(prefix))
  return found?.slice(prefix.length)
}

/** The value of a cookie when it has the form of a handle; the portal sets no other value. */
export const readCookie = (header: string | undefined, name: CookieName) => {
  const value = rawCookie(header, name)
  return value && handleShape.test(value) ? value : null
}

export const cookieLine = (name: CookieName, value: string, maxAgeSeconds: number) =>
  `${cookieNames[name]}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`

/** The cookies that give priority when the portal is full. */
const taggedCookies: readonly CookieName[] = ['known', 'session']
const taggedShape = /^([\w-]{20,64})\.([\w-]{22})$/

/**
 * These cookies carry an authentication tag (HMAC), so that an invented value costs no query, above all in a flood.
 * The tag proves only that the portal issued the handle: the store decides what the handle gives access to.
 */
export const createCookies = (key: Buffer) => {
  const tagOf = (name: CookieName, value: string) => hmac(key, name, value).slice(0, 22)

  /** A value without a tag comes from a version before tags: it stays valid, without priority. */
  const readTagged = (header: string | undefined, name: CookieName) => {
    const [, value = '', tag = ''] = taggedShape.exec(rawCookie(header, name) ?? '') ?? []
    const expected = Buffer.from(tagOf(name, value))
    if (value && timingSafeEqual(expected, Buffer.from(tag))) return { value, isTagged: true }
    const bare = readCookie(header, name)
    return bare === null ? null : { value: bare, isTagged: false }
  }

  return {
    line: (name: CookieName, value: string, maxAgeSeconds: number) =>
      cookieLine(
        name,
        value && taggedCookies.includes(name) ? `${value}.${tagOf(name, value)}` : value,
        maxAgeSeconds,
      ),
    read: (header: string | undefined, name: CookieName) =>
      taggedCookies.includes(name) ? (readTagged(header, name)?.value ?? null) : readCookie(header, name),
    /** The handles with a valid tag: the browser may be a known one. */
    ownHandles: (header: string | undefined) =>
      header === undefined
        ? []
        : taggedCookies.flatMap(name => {
            const found = readTagged(header, name)
            return found?.isTagged ? [{ name, value: found.value }] : []
          }),
  }
}

export type Cookies = ReturnType<typeof createCookies>
