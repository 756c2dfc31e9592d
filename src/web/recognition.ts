import { minutes, seconds } from '../clock.ts'
import { digestOf } from '../keys.ts'
import type { CookieName, Cookies } from './cookies.ts'

/** Looks up in the store to which person a cookie belongs; `null`: it has ended. */
export type FindPerson = (name: CookieName, value: string) => Promise<string | null>

const cacheLifetime = minutes(1)
const cacheSize = 5000
const mostLookups = 20
/** How many posts one person may send with precedence in the window: someone who signs in repeatedly has many cookies. */
const mostPerPerson = 6
const window = seconds(10)

/**
 * Whether a request comes from a known browser or a session. Checked only when the portal is full or the network over its
 * limit, and only for cookies with a valid tag. The result is cached for a minute, so that a flood with one cookie costs
 * one look-up in the store.
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

  /** `undefined`: no cookie with a valid tag. The returned check may be called twice for one post and counts once. */
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

export type Recognise = ReturnType<typeof createRecognition>
