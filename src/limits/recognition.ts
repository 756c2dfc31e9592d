import { minutes, seconds } from '../clock.ts'
import { digestOf } from '../crypto/crypto.ts'

/**
 * A handle that the portal issued to this browser. `findPerson` looks its owner up in the store; `null`: it has expired or
 * was revoked. `kind` distinguishes handles of the same value.
 */
export type BrowserHandle = {
  readonly kind: string
  readonly value: string
  readonly findPerson: (value: string) => Promise<string | null>
}

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
  /** The handles in the cookies of a request whose tags are valid. */
  readonly handlesOf: (cookieHeader: string | undefined) => readonly BrowserHandle[]
  readonly now: () => number
}) => {
  const { handlesOf, now } = deps
  const cache = new Map<string, { readonly person: string | null; readonly until: number }>()
  let pendingLookups = 0
  let currentWindow = 0
  let countsByPerson = new Map<string, number>()

  const lookUp = async ({ kind, value, findPerson }: BrowserHandle) => {
    const key = digestOf(`${kind}:${value}`)
    const cached = cache.get(key)
    if (cached && cached.until > now()) return cached.person
    if (pendingLookups >= mostLookups) return null
    pendingLookups += 1
    const person = await findPerson(value).finally(() => {
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

  const isKnown = async (handles: readonly BrowserHandle[]) => {
    for (const handle of handles) {
      const person = await lookUp(handle)
      if (person !== null) return isWithinShare(person)
    }
    return false
  }

  /** `undefined`: no cookie with a valid tag. Several calls for one POST use the reserve once. */
  return (header: string | undefined): (() => Promise<boolean>) | undefined => {
    const handles = handlesOf(header)
    if (handles.length === 0) return undefined
    let result: Promise<boolean> | undefined
    return () => {
      result ??= isKnown(handles)
      return result
    }
  }
}

export type Recognition = ReturnType<typeof createRecognition>
