import { seconds } from '../clock.ts'
import type { Demand, Sources } from './demand.ts'

/** How long a post may wait for its turn: nobody notices less, and a browser gives up after much more. */
const longestWait = seconds(2)
export const pumpInterval = 25
const slice = 50
const slices = 21
/** The part that is kept for known browsers and sessions. */
const reserve = 1 / 5
/** No more than this part of a second's posts begins in a fifth of it, so that whoever comes next need not wait for its end. */
const burst = 0.3
const longestQueue = 1000

export type AdmissionRequest = {
  readonly sources: Sources
  /** Resolves to true for a known browser or a session; absent: its cookies are not ours. */
  readonly known?: () => Promise<boolean>
  /** Has the browser gone away meanwhile? */
  readonly gone?: () => boolean
}

type QueuedRequest = {
  readonly request: AdmissionRequest
  readonly since: number
  /** A cookie of ours, until it is known to be a stranger's: it is not put out meanwhile. */
  known: boolean
  /** Its owner was found: it goes first. */
  sure: boolean
  readonly settle: (admitted: boolean) => void
}

/** What began in the last second, by slices of 50 ms. One slice more than a second holds: never too few are counted. */
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
    /** In so many slices back, the running one included. */
    within: (back: number) => {
      turn()
      let total = 0
      for (let index = 0; index < back; index += 1) total += counts[(newest - index) % slices] ?? 0
      return total
    },
  }
}

/**
 * The limit of the whole portal: so many posts begin in a second, whoever sends them. What comes beyond waits for two
 * seconds at most, in a room that is bounded; the lightest network goes first, known browsers before all for a fifth of the
 * places. When the room is full, the network that is heaviest relative to its allowance is refused. Only what is admitted
 * is counted: refusing costs nothing to anybody.
 */
export const createAdmission = (deps: {
  readonly demand: Demand
  /** What this process may admit in a second; it changes with what others admit. */
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

  /** The lightest, and of equals who came first; known browsers before all while their part lasts. */
  const next = () => {
    let best: QueuedRequest | undefined
    for (const one of waiting) {
      if (isFirst(one)) return one
      if (!best || demand.compare(one.request.sources, best.request.sources) < 0) best = one
    }
    return best
  }

  /** Of equals who came last. A known browser is not put out for a stranger. */
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
    /** At once where there is room; else after a wait. */
    request: (request: AdmissionRequest): boolean | Promise<boolean> => {
      demand.request(request.sources)
      if (waiting.length > 0 || !hasRoom()) return new Promise(settle => wait(request, settle))
      admit(request.sources, false)
      return true
    },
    /** Lets in whoever's turn has come. To be called every 25 ms while somebody waits. */
    pump,
    waiting: () => waiting.length,
    /** Nobody is let wait for a portal that stops. */
    close: () => {
      for (const one of [...waiting]) leave(one, false)
    },
  }
}
