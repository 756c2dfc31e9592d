import { seconds } from '../clock.ts'

export type PartCheck = () => Promise<boolean>

/** How often each part is checked; after four intervals the last results are stale. */
export const heartbeatInterval = seconds(5)
const stale = 4 * heartbeatInterval
const partTimeout = seconds(4)

type CheckRound = { readonly at: number; readonly parts: Readonly<Record<string, boolean>> }

export type Health = {
  readonly ready: boolean
  /** Seconds since the last round of checks; `null` before the first. */
  readonly age: number | null
  readonly parts: Readonly<Record<string, boolean>>
}

/**
 * Checks regularly whether each part answers, so that a request to `/readyz`, which anyone may send as often as they like,
 * opens no connection. A part that does not answer in time is down, and is not checked again before it has answered. `now`
 * is monotonic, so that setting the wall clock makes no result stale.
 */
export const createHeartbeat = (
  parts: Readonly<Record<string, PartCheck>>,
  now: () => number = () => performance.now(),
) => {
  const waiting = new Map<string, Promise<boolean>>()
  let last: CheckRound | null = null

  const request = (name: string, part: PartCheck): Promise<boolean> => {
    if (waiting.has(name)) return Promise.resolve(false)
    const answer = part().catch(() => false)
    waiting.set(name, answer)
    void answer.then(() => waiting.delete(name))
    let timer: NodeJS.Timeout
    const late = new Promise<boolean>(resolve => {
      timer = setTimeout(() => resolve(false), partTimeout)
      timer.unref()
    })
    return Promise.race([answer, late]).finally(() => clearTimeout(timer))
  }

  return {
    /** Checks every part once. A job repeats it. */
    checkParts: async () => {
      const answers = await Promise.all(
        Object.entries(parts).map(async ([name, part]) => [name, await request(name, part)] as const),
      )
      last = { at: now(), parts: Object.fromEntries(answers) }
    },
    health: (): Health => {
      if (!last) return { ready: false, age: null, parts: {} }
      const age = now() - last.at
      const ready = age <= stale && Object.values(last.parts).every(Boolean)
      return { ready, age: Math.round(age / 1000), parts: last.parts }
    },
  }
}
