import { seconds } from '../clock.ts'
import type { Demand, Sources } from './demand.ts'

/** Longest wait of a queued POST: short enough to go unnoticed, far below the time-outs of browsers. */
const longestWait = seconds(2)
export const pumpInterval = 25
const slice = 50
const slices = 21
/** The share of the capacity that is reserved for known browsers and sessions. */
const reserve = 1 / 5
/** Largest share of a second's POSTs that may begin in one fifth of it, so that later ones need not wait for its end. */
const burst = 0.3
const longestQueue = 1000

export type AdmissionRequest = {
  readonly sources: Sources
  /** Resolves to true for a known browser or a session; absent when no cookie carries a valid tag. */
  readonly known?: () => Promise<boolean>
  /** Whether the browser has closed the connection. */
  readonly gone?: () => boolean
}

type QueuedRequest = {
  readonly request: AdmissionRequest
  readonly since: number
  /** True from a cookie with a valid tag on, until the store says otherwise: meanwhile it is not evicted. */
  known: boolean
  /** The store confirmed the owner of the cookie: it goes first. */
  sure: boolean
  readonly settle: (admitted: boolean) => void
}

/** Counts what began in the last second, in slices of 50 ms. One slice more than a second holds, so that the count is never too low. */
const slidingCount = (now: () => number) => {
  const counts = new Array<number>(slices).fill(0)
  let newest = Math.floor(now() / slice)
  const turn = () => {
    const current = Math.floor(now() / slice)
    for (let passed = Math.min(current - newest, slices); passed > 0; passed -= 1)
      counts[(current - passed + 1) % slices] = 0
    newest = Math.max(newest, current)
  }
  return {
    add: () => {
      turn()
      counts[newest % slices] = (counts[newest % slices] ?? 0) + 1
    },
    /** Total of the last `back` slices, the current one included. */
    within: (back: number) => {
      turn()
      let total = 0
      for (let index = 0; index < back; index += 1) total += counts[(newest - index) % slices] ?? 0
      return total
    },
  }
}

/**
 * The global rate limit: so many POSTs begin in a second, from all networks together. The others wait for two seconds at
 * most in a bounded queue. The network with the least demand goes first; a fifth of the capacity goes to known browsers
 * before all. When the queue is full, the network with the highest demand relative to its allowance is refused. Only
 * admitted requests are counted: a refusal uses no capacity.
 */
export const createAdmission = (deps: {
  readonly demand: Demand
  /** What this process may admit in a second; it changes with what the other processes admit. */
  readonly capacity: () => number
  readonly now: () => number
  readonly admitted?: () => void
}) => {
  const { demand, capacity, now } = deps
  const all = slidingCount(now)
  const reserved = slidingCount(now)
  const waiting: QueuedRequest[] = []

  const hasRoom = () =>
    all.within(slices) < capacity() && all.within(4) < Math.max(1, Math.ceil(capacity() * burst))
  const isFirst = ({ sure }: QueuedRequest) =>
    sure && reserved.within(slices) < Math.max(1, capacity() * reserve)

  const admit = (sources: Sources, known: boolean) => {
    all.add()
    if (known) reserved.add()
    demand.admit(sources)
    deps.admitted?.()
  }

  const leave = (one: QueuedRequest, admitted: boolean) => {
    waiting.splice(waiting.indexOf(one), 1)
    if (admitted) admit(one.request.sources, one.sure)
    one.settle(admitted)
  }

  /** The request with the least demand, the oldest among equals; known browsers first while their reserve lasts. */
  const next = () => {
    let best: QueuedRequest | undefined
    for (const one of waiting) {
      if (isFirst(one)) return one
      if (!best || demand.compare(one.request.sources, best.request.sources) < 0) best = one
    }
    return best
  }

  /** The request with the highest demand, the newest among equals. A known browser is not evicted for a stranger. */
  const heaviest = () => {
    let worst: QueuedRequest | undefined
    for (const one of waiting) {
      if (one.known) continue
      if (!worst || demand.compare(one.request.sources, worst.request.sources) >= 0) worst = one
    }
    return worst
  }

  const roomFor = (rate: number, longest: number) => Math.min(longest, Math.max(4, Math.ceil(2 * rate)))
  const isFull = (known: boolean) => {
    const count = waiting.filter(one => one.known === known).length
    return count > roomFor(known ? capacity() * reserve : capacity(), longestQueue)
  }

  const recognise = async (one: QueuedRequest, known: () => Promise<boolean>) => {
    const is = await known().catch(() => false)
    one.known = is
    one.sure = is
    if (isFull(is)) {
      const worst = is ? one : heaviest()
      if (worst && waiting.includes(worst)) leave(worst, false)
    }
  }

  const pump = () => {
    for (const one of [...waiting])
      if (one.request.gone?.() || now() - one.since > longestWait) leave(one, false)
    while (waiting.length > 0 && hasRoom()) {
      const one = next()
      if (!one) return
      leave(one, true)
    }
  }

  const wait = (request: AdmissionRequest, settle: (admitted: boolean) => void) => {
    const known = request.known !== undefined && !isFull(true)
    const one: QueuedRequest = { request, since: now(), known, sure: false, settle }
    waiting.push(one)
    if (known && request.known) void recognise(one, request.known)
    const worst = known || !isFull(false) ? undefined : heaviest()
    if (worst) leave(worst, false)
  }

  return {
    /** Answers at once when there is capacity, else when the request leaves the queue. */
    request: (request: AdmissionRequest): boolean | Promise<boolean> => {
      demand.request(request.sources)
      if (waiting.length > 0 || !hasRoom()) return new Promise(settle => wait(request, settle))
      admit(request.sources, false)
      return true
    },
    /** Admits queued requests. Call it every 25 ms while the queue is not empty. */
    pump,
    waiting: () => waiting.length,
    /** Refuses all queued requests when the portal stops. */
    close: () => {
      for (const one of [...waiting]) leave(one, false)
    },
  }
}
