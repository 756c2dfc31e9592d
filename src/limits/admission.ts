import { seconds } from '../clock.ts'
import type { ClientNetworks, Demand } from './demand.ts'

/** Longest wait of a queued POST: short enough to go unnoticed, far below the time-outs of browsers. */
const longestWait = seconds(2)
export const admitInterval = 25
const slice = 50
const slices = 21
/** The share of the capacity that is reserved for known browsers and sessions. */
const reserve = 1 / 5
/** Largest share of a second's POSTs that may begin in one fifth of it, so that later ones need not wait for its end. */
const burst = 0.3
const longestQueue = 1000

export type AdmissionRequest = {
  readonly networks: ClientNetworks
  /** Resolves to true for a known browser or a session; absent when no cookie carries a valid tag. */
  readonly isKnown?: () => Promise<boolean>
  /** Whether the browser has closed the connection meanwhile. */
  readonly isGone?: () => boolean
}

type QueuedRequest = {
  readonly request: AdmissionRequest
  readonly since: number
  /** True from a cookie with a valid tag on, until the store says otherwise: meanwhile it is not evicted. */
  mayBeKnown: boolean
  /** Its cookie belongs to a person: it is admitted first. */
  isKnown: boolean
  readonly settle: (admitted: boolean) => void
}

/** Counts what began in the last second, in slices of 50 ms. One slice more than a second holds, so that the count is never too low. */
const createSlidingCount = (now: () => number) => {
  const counts = new Array<number>(slices).fill(0)
  let newest = Math.floor(now() / slice)
  const advance = () => {
    const current = Math.floor(now() / slice)
    for (let passed = Math.min(current - newest, slices); passed > 0; passed -= 1)
      counts[(current - passed + 1) % slices] = 0
    newest = Math.max(newest, current)
  }
  return {
    add: () => {
      advance()
      counts[newest % slices] = (counts[newest % slices] ?? 0) + 1
    },
    /** Total of the last `back` slices, the current one included. */
    within: (back: number) => {
      advance()
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
  const all = createSlidingCount(now)
  const reserved = createSlidingCount(now)
  const queue: QueuedRequest[] = []

  const hasCapacity = () =>
    all.within(slices) < capacity() && all.within(4) < Math.max(1, Math.ceil(capacity() * burst))
  const usesReserve = ({ isKnown }: QueuedRequest) =>
    isKnown && reserved.within(slices) < Math.max(1, capacity() * reserve)

  const admit = (networks: ClientNetworks, isKnown: boolean) => {
    all.add()
    if (isKnown) reserved.add()
    demand.admit(networks)
    deps.admitted?.()
  }

  const dequeue = (one: QueuedRequest, admitted: boolean) => {
    queue.splice(queue.indexOf(one), 1)
    if (admitted) admit(one.request.networks, one.isKnown)
    one.settle(admitted)
  }

  /** The request with the least demand, the oldest among equals; known browsers first while their reserve lasts. */
  const next = () => {
    let best: QueuedRequest | undefined
    for (const one of queue) {
      if (usesReserve(one)) return one
      if (!best || demand.compare(one.request.networks, best.request.networks) < 0) best = one
    }
    return best
  }

  /** The request with the highest demand, the newest among equals. A known browser is not evicted for a stranger. */
  const heaviest = () => {
    let worst: QueuedRequest | undefined
    for (const one of queue) {
      if (one.mayBeKnown) continue
      if (!worst || demand.compare(one.request.networks, worst.request.networks) >= 0) worst = one
    }
    return worst
  }

  const queueLimit = (rate: number, longest: number) => Math.min(longest, Math.max(4, Math.ceil(2 * rate)))
  const isFull = (mayBeKnown: boolean) => {
    const count = queue.filter(one => one.mayBeKnown === mayBeKnown).length
    return count > queueLimit(mayBeKnown ? capacity() * reserve : capacity(), longestQueue)
  }

  const recognise = async (one: QueuedRequest, isKnown: () => Promise<boolean>) => {
    const known = await isKnown().catch(() => false)
    one.mayBeKnown = known
    one.isKnown = known
    if (isFull(known)) {
      const worst = known ? one : heaviest()
      if (worst && queue.includes(worst)) dequeue(worst, false)
    }
  }

  const admitQueued = () => {
    for (const one of [...queue])
      if (one.request.isGone?.() || now() - one.since > longestWait) dequeue(one, false)
    while (queue.length > 0 && hasCapacity()) {
      const one = next()
      if (!one) return
      dequeue(one, true)
    }
  }

  const enqueue = (request: AdmissionRequest, settle: (admitted: boolean) => void) => {
    const mayBeKnown = request.isKnown !== undefined && !isFull(true)
    const one: QueuedRequest = { request, since: now(), mayBeKnown, isKnown: false, settle }
    queue.push(one)
    if (mayBeKnown && request.isKnown) void recognise(one, request.isKnown)
    const worst = mayBeKnown || !isFull(false) ? undefined : heaviest()
    if (worst) dequeue(worst, false)
  }

  return {
    /** Answers at once when there is capacity, else when the request leaves the queue. */
    request: (request: AdmissionRequest): boolean | Promise<boolean> => {
      demand.request(request.networks)
      if (queue.length > 0 || !hasCapacity()) return new Promise(settle => enqueue(request, settle))
      admit(request.networks, false)
      return true
    },
    /** Admits queued requests. Call it every 25 ms while the queue is not empty. */
    admitQueued,
    waiting: () => queue.length,
    /** Refuses all queued requests: the portal stops. */
    close: () => {
      for (const one of [...queue]) dequeue(one, false)
    },
  }
}
