/** `__Host-`: only this host over TLS can set it, for the whole host (ASVS 3.3.3). */
export const cookieNames = {
  journey: '__Host-journey',
  known: '__Host-known',
  session: '__Host-session',
  entering: '__Host-entering',
  away: '__Host-away',
  receipt: '__Host-receipt',
} as const
export type CookieName = keyof typeof cookieNames

const handleShape = /^[\w-]{20,64}$/

/** The value of one of our cookies, when it has the shape of a handle; anything else was not set by us. */
export const readCookie = (header: string | undefined, name: CookieName) => {
  const prefix = `${cookieNames[name]}=`
  const found = (header ?? '').split(/;\s*/, 60).find(pair => pair.startsWith(prefix))
  const value = found?.slice(prefix.length)
  return value && handleShape.test(value) ? value : null
}

export const cookieLine = (name: CookieName, value: string, maxAgeSeconds: number) =>
  `${cookieNames[name]}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`
