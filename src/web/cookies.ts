import { hmac, isSameSecret } from '../crypto/crypto.ts'

/**
 * A cookie, declared by the feature that sets it. `tagged`: a browser that sends it has priority when the portal is full.
 */
export type Cookie = { readonly name: `__Host-${string}`; readonly tagged: boolean }

/** `__Host-`: only this host over TLS can set it, for the whole host (ASVS 3.3.3). */
export const declareCookie = (name: string, { tagged = false } = {}): Cookie => ({
  name: `__Host-${name}`,
  tagged,
})

export type SetCookie = { readonly cookie: Cookie; readonly value: string; readonly maxAge: number }

/** Deletes the cookie in the browser. */
export const clearCookie = (cookie: Cookie): SetCookie => ({ cookie, value: '', maxAge: 0 })

const handleShape = /^[\w-]{20,64}$/

const rawCookie = (header: string | undefined, { name }: Cookie) => {
  const found = (header ?? '').split(/;\s*/, 60).find(pair => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

/** The value of a cookie when it has the form of a handle; the portal sets no other value. */
export const readCookie = (header: string | undefined, cookie: Cookie) => {
  const value = rawCookie(header, cookie)
  return value && handleShape.test(value) ? value : null
}

export const cookieLine = ({ name }: Cookie, value: string, maxAgeSeconds: number) =>
  `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`

const taggedShape = /^([\w-]{20,64})\.([\w-]{22})$/

const tagOf = (key: Buffer, { name }: Cookie, value: string) => hmac(key, name, value).slice(0, 22)

/** A value without a tag comes from a version before tags: it stays valid, without priority. */
function readTagged(key: Buffer, header: string | undefined, cookie: Cookie) {
  const [, value = '', tag = ''] = taggedShape.exec(rawCookie(header, cookie) ?? '') ?? []
  if (value && isSameSecret(tagOf(key, cookie, value), tag)) return { value, isTagged: true }
  const bare = readCookie(header, cookie)
  return bare === null ? null : { value: bare, isTagged: false }
}

/**
 * Tagged cookies carry an authentication tag (HMAC), so that an invented value costs no query, above all in a flood.
 * The tag proves only that the portal issued the handle: the store decides what the handle gives access to.
 */
export const createCookies = (key: () => Buffer) => ({
  line: ({ cookie, value, maxAge }: SetCookie) =>
    cookieLine(cookie, value && cookie.tagged ? `${value}.${tagOf(key(), cookie, value)}` : value, maxAge),
  read: (header: string | undefined, cookie: Cookie) =>
    cookie.tagged ? (readTagged(key(), header, cookie)?.value ?? null) : readCookie(header, cookie),
  /** The handle in this cookie when its tag is valid: the browser may be a known one. */
  ownHandle: (header: string | undefined, cookie: Cookie): string | null => {
    const found = readTagged(key(), header, cookie)
    return found?.isTagged ? found.value : null
  },
})

export type Cookies = ReturnType<typeof createCookies>
