import { seconds } from '../clock.ts'
import type { Demand, Sources } from './demand.ts'

/** How long a post may wait in the queue: people hardly notice two seconds, and browsers give up after much more. */
const longestWait = seconds(2)
export const admitInterval = 25
const slice = 50
const slices = 21
/** The share of the capacity that is reserved for known browsers and sessions. */
const reserve = 1 / 5
/** At most this share of a second's posts begins in a fifth of it, so that a later post need not wait for the next second. */
const burst = 0.3
const longestQueue = 1000

export type AdmissionRequest = {
  readonly sources: Sources
  /** Resolves to true for a known browser or a session; absent: the request has no cookie of ours. */
  readonly isKnown?: () => Promise<boolean>
  /** Whether the browser has closed the connection meanwhile. */
  readonly isGone?: () => boolean
}

type QueuedRequest = {
  readonly request: AdmissionRequest
  readonly since: number
  /** Has a cookie of ours that has not turned out to be invalid: such a request is not removed for a stranger's. */
  mayBeKnown: boolean
  /** Its cookie belongs to a person: it is admitted first. */
  isKnown: boolean
  readonly settle: (admitted: boolean) => void
}

/** Counts the posts of the last second in slices of 50 ms; one slice more than a second, so that it never undercounts. */
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
    /** In this many of the last slices, the current one included. */
    within: (back: number) => {
      advance()
      let total = 0
      for (let index = 0; index < back; index += 1) total += counts[(newest - index) % slices] ?? 0
      return total
    },
  }
}

/**
 * The limit of the whole portal: a fixed number of posts begins in a second, whoever sends them. Posts beyond it wait for at
 * most two seconds in a bounded queue. The lightest network is admitted first; known browsers come before all others for a
 * fifth of the capacity. When the queue is full, the network that is heaviest relative to its allowance is refused. Only
 * admitted posts count, so a refusal costs nobody anything.
 */
export const createAdmission = (deps: {
  readonly demand: Demand
  /** How many posts this process may admit in a second; it changes with what other processes admit. */
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

  const admit = (sources: Sources, isKnown: boolean) => {
    all.add()
    if (isKnown) reserved.add()
    demand.admit(sources)
    deps.admitted?.()
  }

  const dequeue = (one: QueuedRequest, admitted: boolean) => {
    queue.splice(queue.indexOf(one), 1)
    if (admitted) admit(one.request.sources, one.isKnown)
    one.settle(admitted)
  }

  /** Known browsers while their reserve lasts, then the lightest network; of equals the first to come. */
  const next = () => {
    let best: QueuedRequest | undefined
    for (const one of queue) {
      if (usesReserve(one)) return one
      if (!best || demand.compare(one.request.sources, best.request.sources) < 0) best = one
    }
    return best
  }

  /** The heaviest network, of equals the last to come. Requests that may be known are spared. */
  const heaviest = () => {
    let worst: QueuedRequest | undefined
    for (const one of queue) {
      if (one.mayBeKnown) continue
      if (!worst || demand.compare(one.request.sources, worst.request.sources) >= 0) worst = one
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
    /** True: admitted at once; a promise where the request has to wait. */
    request: (request: AdmissionRequest): boolean | Promise<boolean> => {
      demand.request(request.sources)
      if (queue.length > 0 || !hasCapacity()) return new Promise(settle => enqueue(request, settle))
      admit(request.sources, false)
      return true
    },
    /** Admits and expires queued requests. To be called every 25 ms while any are waiting. */
    admitQueued,
    waiting: () => queue.length,
    /** Refuses all queued requests: the portal stops. */
    close: () => {
      for (const one of [...queue]) dequeue(one, false)
    },
  }
}
