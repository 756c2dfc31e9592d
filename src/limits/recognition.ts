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

type Deps = {
  /** The handles in the cookies of a request whose tags are valid. */
  readonly handlesOf: (cookieHeader: string | undefined) => readonly BrowserHandle[]
  readonly now: () => number
}

/** `countsByPerson`: how often each person used the reserve in the current window. */
type State = Pick<Deps, 'now'> & {
  readonly cache: Map<string, { readonly person: string | null; readonly until: number }>
  pendingLookups: number
  currentWindow: number
  countsByPerson: Map<string, number>
}

async function lookUp(state: State, { kind, value, findPerson }: BrowserHandle) {
  const { cache, now } = state
  const key = digestOf(`${kind}:${value}`)
  const cached = cache.get(key)
  if (cached && cached.until > now()) return cached.person
  if (state.pendingLookups >= mostLookups) return null
  state.pendingLookups += 1
  const person = await findPerson(value).finally(() => {
    state.pendingLookups -= 1
  })
  const [oldest] = cache.keys()
  if (cache.size >= cacheSize && oldest !== undefined) cache.delete(oldest)
  cache.set(key, { person, until: now() + cacheLifetime })
  return person
}

function isWithinShare(state: State, person: string) {
  const index = Math.floor(state.now() / window)
  if (index !== state.currentWindow) state.countsByPerson = new Map()
  state.currentWindow = index
  const count = (state.countsByPerson.get(person) ?? 0) + 1
  state.countsByPerson.set(person, count)
  return count <= mostPerPerson
}

async function isKnown(state: State, handles: readonly BrowserHandle[]) {
  for (const handle of handles) {
    const person = await lookUp(state, handle)
    if (person !== null) return isWithinShare(state, person)
  }
  return false
}

/**
 * Decides whether a browser is known: a person has signed in or recovered an account in it before. It runs only when the portal is
 * full or the network exceeds its allowance, and only for cookies with a valid tag. The result is cached for a minute, so
 * that a flood with one cookie costs one query.
 */
export const createRecognition = ({ handlesOf, now }: Deps) => {
  const state: State = {
    now,
    cache: new Map(),
    pendingLookups: 0,
    currentWindow: 0,
    countsByPerson: new Map(),
  }

  /** `undefined`: no cookie with a valid tag. Several calls for one POST use the reserve once. */
  return (header: string | undefined): (() => Promise<boolean>) | undefined => {
    const handles = handlesOf(header)
    if (handles.length === 0) return undefined
    let result: Promise<boolean> | undefined
    return () => {
      result ??= isKnown(state, handles)
      return result
    }
  }
}

export type Recognition = ReturnType<typeof createRecognition>
