import { seconds } from '../clock.ts'

/** Why the part cannot be used, in a sentence for the operator; `null` when it can. */
export type PartCheck = () => Promise<string | null>

/** A part that became unavailable (`cause`), or available again after that many milliseconds (`lasted`). */
export type PartChange =
  | { readonly part: string; readonly cause: string }
  | { readonly part: string; readonly lasted: number }

/** How often each part is checked, and how old the last results may be before they count as unknown. */
export const heartbeatInterval = seconds(5)
const stale = 4 * heartbeatInterval
const partTimeout = seconds(4)
const noAnswer = `It gave no answer within ${partTimeout / 1000} seconds.`

type CheckRound = {
  readonly at: number
  readonly parts: Readonly<Record<string, boolean>>
  readonly durations: Readonly<Record<string, number>>
}

export type Health = {
  readonly ready: boolean
  /** Seconds since the last round of checks; `null` before the first. */
  readonly age: number | null
  readonly parts: Readonly<Record<string, boolean>>
  /** Seconds that the last check of each part took. */
  readonly durations: Readonly<Record<string, number>>
}

/** Asks a part for its state; one that has not answered yet is not asked again. */
function createRequest() {
  const waiting = new Map<string, Promise<string | null>>()
  return (name: string, part: PartCheck): Promise<string | null> => {
    if (waiting.has(name)) return Promise.resolve(noAnswer)
    const answer = part().catch(fault => String(fault))
    waiting.set(name, answer)
    void answer.then(() => waiting.delete(name))
    let timer: NodeJS.Timeout
    const late = new Promise<string>(resolve => {
      timer = setTimeout(() => resolve(noAnswer), partTimeout)
      timer.unref()
    })
    return Promise.race([answer, late]).finally(() => clearTimeout(timer))
  }
}

/** Whether a part is up, by its last answer; reports when that changes. */
function createReport(now: () => number, onChange: (change: PartChange) => void) {
  const downSince = new Map<string, number>()
  /** Under load an answer may come late: only a second silence in a row is an outage. */
  const lateParts = new Set<string>()
  const isFirstSilence = (part: string, cause: string | null) => {
    const isFirst = cause === noAnswer && !lateParts.has(part) && !downSince.has(part)
    if (cause === noAnswer) lateParts.add(part)
    else lateParts.delete(part)
    return isFirst
  }
  return (part: string, cause: string | null) => {
    if (isFirstSilence(part, cause)) return true
    const since = downSince.get(part)
    if (cause === null && since !== undefined) {
      downSince.delete(part)
      onChange({ part, lasted: Math.round(now() - since) })
    }
    if (cause !== null && since === undefined) {
      downSince.set(part, now())
      onChange({ part, cause })
    }
    return cause === null
  }
}

/**
 * Checks each part in the background, so that `/readyz`, which is public, opens no connection. A part that does not answer
 * in time counts as unavailable, and is not checked again before it has answered. `now` is monotonic: a change of the
 * system clock does not make results look old. `onChange` is called when a part becomes unavailable, and when it is back.
 */
export const createHeartbeat = (
  parts: Readonly<Record<string, PartCheck>>,
  now: () => number = () => performance.now(),
  onChange: (change: PartChange) => void = () => {},
) => {
  const request = createRequest()
  const report = createReport(now, onChange)
  let last: CheckRound | null = null

  return {
    /** Checks every part once. The job loop repeats it. */
    runChecks: async () => {
      const answers = await Promise.all(
        Object.entries(parts).map(async ([name, part]) => {
          const began = now()
          const cause = await request(name, part)
          return { name, took: Math.round(now() - began) / 1000, isUp: report(name, cause) }
        }),
      )
      last = {
        at: now(),
        parts: Object.fromEntries(answers.map(({ name, isUp }) => [name, isUp])),
        durations: Object.fromEntries(answers.map(({ name, took }) => [name, took])),
      }
    },
    health: (): Health => {
      if (!last) return { ready: false, age: null, parts: {}, durations: {} }
      const age = now() - last.at
      const ready = age <= stale && Object.values(last.parts).every(Boolean)
      return { ready, age: Math.round(age / 1000), parts: last.parts, durations: last.durations }
    },
  }
}
