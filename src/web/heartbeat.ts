import { seconds } from '../clock.ts'

export type PartCheck = () => Promise<boolean>

/** How often each part is asked, and how old the last answers may be before they say nothing any more. */
export const heartbeatInterval = seconds(5)
const stale = 4 * heartbeatInterval
const partTimeout = seconds(4)

type CheckRound = { readonly at: number; readonly parts: Readonly<Record<string, boolean>> }

export type Health = {
  readonly ready: boolean
  /** Seconds since the parts answered; `null` before they first did. */
  readonly age: number | null
  readonly parts: Readonly<Record<string, boolean>>
}

/**
 * Asks each part whether it answers, so that who asks `/readyz` opens no connection: anybody may ask that, as often as they
 * like. A part that has not answered in time is away, and is not asked again before it has. `now` is monotonic: a wall
 * clock that is set makes nothing look old.
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
    /** One round. For the job that repeats it. */
    runChecks: async () => {
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
