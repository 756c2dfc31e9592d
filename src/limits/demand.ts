import { seconds } from '../clock.ts'
import { type Address, prefixOf } from './address.ts'

/** Decay time of a network's demand: after it a POST counts for about a third (1/e). */
const memory = seconds(10)
const rescaleInterval = seconds(30)
/** More networks than this in half a minute are an attack: the newest are not remembered, and start from zero each time. */
const mostNetworks = 60_000

/** A network or an enclosing prefix, with its recent requests and admissions. */
export type TrackedNetwork = {
  /** How many ordinary networks it counts as. */
  readonly weight: number
  requested: number
  admitted: number
  /** The current second, and the posts within the network's own allowance in it and in the one before. */
  second: number
  count: number
  before: number
}

/**
 * An IPv6 /48 is the most that one site gets (RFC 6177), a /32 what a provider gets. The holder of one controls 256 or 16
 * million networks, so each of these larger networks is also weighed as a whole. A provider has many customers and counts as
 * sixteen networks. IPv4 has no such levels: addresses are scarce, and the /24 networks of one /16 belong to different people,
 * who would be refused for what others send.
 */
const levels = [
  { bits: 48, weight: 2 },
  { bits: 32, weight: 16 },
] as const

/** The prefixes of a requester: the network first, then the enclosing ones. */
export type ClientNetworks = readonly [TrackedNetwork, ...TrackedNetwork[]]

/** New values grow with time from `timeOrigin` on, to which the stored ones are rescaled now and then. */
type State = {
  readonly now: () => number
  readonly known: Map<string, TrackedNetwork>
  timeOrigin: number
}

function rescale(state: State, elapsed: number) {
  const factor = Math.exp(-elapsed / memory)
  for (const [key, source] of state.known) {
    source.requested *= factor
    source.admitted *= factor
    if (source.requested < 0.02) state.known.delete(key)
  }
  state.timeOrigin += elapsed
}

/** The weight of one POST now. */
function unitOf(state: State) {
  const elapsed = state.now() - state.timeOrigin
  if (elapsed > rescaleInterval) rescale(state, elapsed)
  return Math.exp((state.now() - state.timeOrigin) / memory)
}

function find({ known }: State, key: string, weight: number): TrackedNetwork {
  const found = known.get(key)
  if (found) return found
  const created = { weight, requested: 0, admitted: 0, second: 0, count: 0, before: 0 }
  if (known.size < mostNetworks) known.set(key, created)
  return created
}

const heavinessOf = ({ weight, requested, admitted }: TrackedNetwork, one: number) =>
  (requested / weight) ** 3 * ((admitted + one / 10) / weight)

/** The highest heaviness among the network and its enclosing prefixes. */
function heaviest(networks: ClientNetworks, one: number) {
  let most = 0
  for (const source of networks) most = Math.max(most, heavinessOf(source, one))
  return most
}

function networksOf(state: State, address: Address | null, campus: number): ClientNetworks {
  if (!address) return [find(state, 'unknown', 1)]
  if (address.family === 4) return [find(state, address.text.slice(0, address.text.lastIndexOf('.')), campus)]
  const own = find(state, prefixOf(address.groups, 56), campus)
  // The operator configured the campus: other customers of its provider do not count against it.
  if (campus > 1) return [own]
  return [own, ...levels.map(({ bits, weight }) => find(state, prefixOf(address.groups, bits), weight))]
}

function compare(first: ClientNetworks, second: ClientNetworks, one: number) {
  const whole = heaviest(first, one) - heaviest(second, one)
  if (whole !== 0) return whole
  for (let level = levels.length; level >= 0; level -= 1) {
    const [left, right] = [first[level], second[level]]
    const difference = left && right ? heavinessOf(left, one) - heavinessOf(right, one) : 0
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * The requested and admitted posts of each network, with exponential decay. New values grow with time instead of old ones
 * being reduced (« forward decay »), so that two networks can be compared without reducing either first.
 */
export const createDemand = (now: () => number) => {
  const state: State = { now, known: new Map(), timeOrigin: now() }
  return {
    /** `campus`: how many ordinary networks a campus counts as; 1 for any other network. */
    networksOf: (address: Address | null, campus: number) => networksOf(state, address, campus),
    request: (networks: ClientNetworks) => {
      const one = unitOf(state)
      for (const source of networks) source.requested += one
    },
    admit: (networks: ClientNetworks) => {
      const one = unitOf(state)
      for (const source of networks) source.admitted += one
    },
    /**
     * Compares the load of two networks relative to their allowance: the admitted posts times the cube of the requested
     * ones. Networks that request equally are admitted in turn and none starves; of two that request differently the one
     * that requests less comes far ahead, so that five hundred networks with one post a second do not delay a person who
     * sends one in three seconds. Above zero: the first is heavier; zero: both are equal.
     *
     * Each network weighs as much as the heaviest that contains it. All customers of a provider from which a flood comes
     * are therefore equal at first: among them the lighter site comes first, then the lighter network, so that the flood
     * uses up the share of its own sites. The provider as a whole gets no larger share.
     */
    compare: (first: ClientNetworks, second: ClientNetworks) => compare(first, second, unitOf(state)),
    /** Whether the recent demand of the network looks like people rather than a flood. */
    isOrdinaryLoad: ([own]: ClientNetworks) => own.requested / unitOf(state) < 30 * own.weight,
    size: () => state.known.size,
  }
}

export type Demand = ReturnType<typeof createDemand>

/**
 * Whether this network may have one more post in the current second; counts it if so. The previous second counts by the part of
 * it that lies within the last 1000 ms, so that a burst at the boundary does not pass twice.
 */
export const withinAllowance = (source: TrackedNetwork, allowance: number, now: number) => {
  const second = Math.floor(now / 1000)
  if (second !== source.second) {
    source.before = second === source.second + 1 ? source.count : 0
    source.count = 0
    source.second = second
  }
  const reach = 1 - (now / 1000 - second)
  if (source.count + source.before * reach >= allowance) return false
  source.count += 1
  return true
}
