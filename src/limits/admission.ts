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

/** What began in the last second, in slices of 50 ms. One slice more than a second holds, so that the count is never too low. */
type SlidingCount = { readonly now: () => number; readonly counts: number[]; newest: number }

const createSlidingCount = (now: () => number): SlidingCount => ({
  now,
  counts: new Array<number>(slices).fill(0),
  newest: Math.floor(now() / slice),
})

function advance(sliding: SlidingCount) {
  const current = Math.floor(sliding.now() / slice)
  for (let passed = Math.min(current - sliding.newest, slices); passed > 0; passed -= 1)
    sliding.counts[(current - passed + 1) % slices] = 0
  sliding.newest = Math.max(sliding.newest, current)
}

function countOne(sliding: SlidingCount) {
  advance(sliding)
  const { counts, newest } = sliding
  counts[newest % slices] = (counts[newest % slices] ?? 0) + 1
}

/** Total of the last `back` slices, the current one included. */
function countWithin(sliding: SlidingCount, back: number) {
  advance(sliding)
  const { counts, newest } = sliding
  let total = 0
  for (let index = 0; index < back; index += 1) total += counts[(newest - index) % slices] ?? 0
  return total
}

type AdmissionDeps = {
  readonly demand: Demand
  /** What this process may admit in a second; it changes with what the other processes admit. */
  readonly capacity: () => number
  readonly now: () => number
  readonly admitted?: () => void
}

/** `all` and `reserved` count the admitted requests, the latter those of known browsers. */
type State = AdmissionDeps & {
  readonly all: SlidingCount
  readonly reserved: SlidingCount
  readonly queue: QueuedRequest[]
}

const hasCapacity = ({ all, capacity }: State) =>
  countWithin(all, slices) < capacity() && countWithin(all, 4) < Math.max(1, Math.ceil(capacity() * burst))

const usesReserve = ({ reserved, capacity }: State, { isKnown }: QueuedRequest) =>
  isKnown && countWithin(reserved, slices) < Math.max(1, capacity() * reserve)

function admit(state: State, networks: ClientNetworks, isKnown: boolean) {
  countOne(state.all)
  if (isKnown) countOne(state.reserved)
  state.demand.admit(networks)
  state.admitted?.()
}

function dequeue(state: State, one: QueuedRequest, admitted: boolean) {
  state.queue.splice(state.queue.indexOf(one), 1)
  if (admitted) admit(state, one.request.networks, one.isKnown)
  one.settle(admitted)
}

/** The request with the least demand, the oldest among equals; known browsers first while their reserve lasts. */
function nextOf(state: State) {
  let best: QueuedRequest | undefined
  for (const one of state.queue) {
    if (usesReserve(state, one)) return one
    if (!best || state.demand.compare(one.request.networks, best.request.networks) < 0) best = one
  }
  return best
}

/** The request with the highest demand, the newest among equals. A known browser is not evicted for a stranger. */
function heaviestOf({ queue, demand }: State) {
  let worst: QueuedRequest | undefined
  for (const one of queue) {
    if (one.mayBeKnown) continue
    if (!worst || demand.compare(one.request.networks, worst.request.networks) >= 0) worst = one
  }
  return worst
}

const queueLimit = (rate: number, longest: number) => Math.min(longest, Math.max(4, Math.ceil(2 * rate)))

function isFull({ queue, capacity }: State, mayBeKnown: boolean) {
  const count = queue.filter(one => one.mayBeKnown === mayBeKnown).length
  return count > queueLimit(mayBeKnown ? capacity() * reserve : capacity(), longestQueue)
}

async function recognise(state: State, one: QueuedRequest, isKnown: () => Promise<boolean>) {
  const known = await isKnown().catch(() => false)
  one.mayBeKnown = known
  one.isKnown = known
  if (isFull(state, known)) {
    const worst = known ? one : heaviestOf(state)
    if (worst && state.queue.includes(worst)) dequeue(state, worst, false)
  }
}

function admitQueued(state: State) {
  for (const one of [...state.queue])
    if (one.request.isGone?.() || state.now() - one.since > longestWait) dequeue(state, one, false)
  while (state.queue.length > 0 && hasCapacity(state)) {
    const one = nextOf(state)
    if (!one) return
    dequeue(state, one, true)
  }
}

function enqueue(state: State, request: AdmissionRequest, settle: (admitted: boolean) => void) {
  const mayBeKnown = request.isKnown !== undefined && !isFull(state, true)
  const one: QueuedRequest = { request, since: state.now(), mayBeKnown, isKnown: false, settle }
  state.queue.push(one)
  if (mayBeKnown && request.isKnown) void recognise(state, one, request.isKnown)
  const worst = mayBeKnown || !isFull(state, false) ? undefined : heaviestOf(state)
  if (worst) dequeue(state, worst, false)
}

function requestAdmission(state: State, request: AdmissionRequest): boolean | Promise<boolean> {
  state.demand.request(request.networks)
  if (state.queue.length > 0 || !hasCapacity(state))
    return new Promise(settle => enqueue(state, request, settle))
  admit(state, request.networks, false)
  return true
}

/**
 * The global rate limit: so many POSTs begin in a second, from all networks together. The others wait for two seconds at
 * most in a bounded queue. The network with the least demand goes first; a fifth of the capacity goes to known browsers
 * before all. When the queue is full, the network with the highest demand relative to its allowance is refused. Only
 * admitted requests are counted: a refusal uses no capacity.
 */
export const createAdmission = (deps: AdmissionDeps) => {
  const state: State = {
    ...deps,
    all: createSlidingCount(deps.now),
    reserved: createSlidingCount(deps.now),
    queue: [],
  }
  return {
    /** Answers at once when there is capacity, else when the request leaves the queue. */
    request: (request: AdmissionRequest) => requestAdmission(state, request),
    /** Admits queued requests. Call it every 25 ms while the queue is not empty. */
    admitQueued: () => admitQueued(state),
    waiting: () => state.queue.length,
    /** Refuses all queued requests: the portal stops. */
    close: () => {
      for (const one of [...state.queue]) dequeue(state, one, false)
    },
  }
}
