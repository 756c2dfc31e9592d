import { minutes, seconds } from '../clock.ts'
import { digestOf } from '../keys.ts'
import type { CookieName, Cookies } from './cookies.ts'

/** Looks up the owner of a cookie in the store; `null`: it has expired or was revoked. */
export type FindPerson = (name: CookieName, value: string) => Promise<string | null>

const cacheLifetime = minutes(1)
const cacheSize = 5000
const mostLookups = 20
/** How often one person may use the reserve in the window, since repeated sign-ins give one person many cookies. */
const mostPerPerson = 6
const window = seconds(10)

/**
 * Decides whether a browser is known: a person has signed in or recovered an account in it before. It runs only when the portal is
 * full or the network exceeds its allowance, and only for cookies with a valid tag. The result is cached for a minute, so
 * that a flood with one cookie costs one query.
 */
export const createRecognition = (deps: {
  readonly cookies: Cookies
  readonly findPerson: FindPerson
  readonly now: () => number
}) => {
  const { cookies, findPerson, now } = deps
  const cache = new Map<string, { readonly person: string | null; readonly until: number }>()
  let pendingLookups = 0
  let currentWindow = 0
  let countsByPerson = new Map<string, number>()

  const lookUp = async (name: CookieName, value: string) => {
    const key = digestOf(`${name}:${value}`)
    const cached = cache.get(key)
    if (cached && cached.until > now()) return cached.person
    if (pendingLookups >= mostLookups) return null
    pendingLookups += 1
    const person = await findPerson(name, value).finally(() => {
      pendingLookups -= 1
    })
    const [oldest] = cache.keys()
    if (cache.size >= cacheSize && oldest !== undefined) cache.delete(oldest)
    cache.set(key, { person, until: now() + cacheLifetime })
    return person
  }

  const isWithinShare = (person: string) => {
    const index = Math.floor(now() / window)
    if (index !== currentWindow) countsByPerson = new Map()
    currentWindow = index
    const count = (countsByPerson.get(person) ?? 0) + 1
    countsByPerson.set(person, count)
    return count <= mostPerPerson
  }

  const isKnown = async (handles: ReturnType<Cookies['ownHandles']>) => {
    for (const { name, value } of handles) {
      const person = await lookUp(name, value)
      if (person !== null) return isWithinShare(person)
    }
    return false
  }

  /** `undefined`: no cookie with a valid tag. Several calls for one POST use the reserve once. */
  return (header: string | undefined): (() => Promise<boolean>) | undefined => {
    const handles = cookies.ownHandles(header)
    if (handles.length === 0) return undefined
    let result: Promise<boolean> | undefined
    return () => {
      result ??= isKnown(handles)
      return result
    }
  }
}

export type Recognition = ReturnType<typeof createRecognition>
