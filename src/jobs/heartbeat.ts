import { seconds } from '../clock.ts'

export type PartCheck = () => Promise<boolean>

/** How often each part is checked, and how old the last results may be before they count as unknown. */
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
 * Checks each part in the background, so that `/readyz`, which is public, opens no connection. A part that does not answer
 * in time counts as unavailable, and is not checked again before it has answered. `now` is monotonic: a change of the
 * system clock does not make results look old.
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
    /** Checks every part once. The job loop repeats it. */
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
