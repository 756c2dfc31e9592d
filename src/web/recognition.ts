import { minutes, seconds } from '../clock.ts'
import { digestOf } from '../keys.ts'
import type { CookieName, Cookies } from './cookies.ts'

/** Looks up the owner of a cookie in the store; `null`: it has expired or was revoked. */
export type FindPerson = (name: CookieName, value: string) => Promise<string | null>

const cacheLifetime = minutes(1)
const cacheSize = 5000
const mostLookups = 20
/** How often one person may use the reserve in the window, since repeated sign-ins give one person many cookies. */
const perPerson = 6
const window = seconds(10)

/**
 * Decides whether a browser is known: somebody has signed in or recovered in it before. It runs only when the portal is
 * full or the network exceeds its allowance, and only for cookies with a valid tag. The result is cached for a minute, so
 * that a flood with one cookie costs one query.
 */
export const createRecognition = (deps: {
  readonly cookies: Cookies
  readonly ownerOf: FindPerson
  readonly now: () => number
}) => {
  const { cookies, ownerOf, now } = deps
  const owners = new Map<string, { readonly owner: string | null; readonly until: number }>()
  let asking = 0
  let current = 0
  let taken = new Map<string, number>()

  const lookUp = async (name: CookieName, value: string) => {
    const key = digestOf(`${name}:${value}`)
    const kept = owners.get(key)
    if (kept && kept.until > now()) return kept.owner
    if (asking >= mostLookups) return null
    asking += 1
    const owner = await ownerOf(name, value).finally(() => {
      asking -= 1
    })
    const [oldest] = owners.keys()
    if (owners.size >= cacheSize && oldest !== undefined) owners.delete(oldest)
    owners.set(key, { owner, until: now() + cacheLifetime })
    return owner
  }

  const mayTake = (owner: string) => {
    const running = Math.floor(now() / window)
    if (running !== current) taken = new Map()
    current = running
    const count = (taken.get(owner) ?? 0) + 1
    taken.set(owner, count)
    return count <= perPerson
  }

  const isKnown = async (found: ReturnType<Cookies['ours']>) => {
    for (const { name, value } of found) {
      const owner = await lookUp(name, value)
      if (owner !== null) return mayTake(owner)
    }
    return false
  }

  /** `undefined`: no cookie with a valid tag. Several calls for one POST use the reserve once. */
  return (header: string | undefined): (() => Promise<boolean>) | undefined => {
    const found = cookies.ours(header)
    if (found.length === 0) return undefined
    let asked: Promise<boolean> | undefined
    return () => {
      asked ??= isKnown(found)
      return asked
    }
  }
}

export type Recognise = ReturnType<typeof createRecognition>
