import { seconds } from '../clock.ts'
import { type Address, prefixOf } from './address.ts'

/** Decay time of a network's demand: after it a POST counts for about a third (1/e). */
const memory = seconds(10)
const rescaleInterval = seconds(30)
/** More networks than this in half a minute are an attack, whose newest stand for themselves. */
const mostNetworks = 60_000

/** A network or an enclosing prefix, with its recent requests and admissions. */
export type Source = {
  /** How many ordinary networks it counts as. */
  readonly weight: number
  asked: number
  admitted: number
  /** Posts let through to the limit of the whole, in this second and the one before. */
  second: number
  count: number
  before: number
}

/**
 * An IPv6 /48 is what one site is given at most (RFC 6177), a /32 what a provider is: whoever holds one has 65,536 or 16
 * million networks at hand, so each is judged as a whole too. A provider has many customers and weighs as sixteen
 * networks. IPv4 has no such levels: addresses are scarce, and the /24 of one /16 belong to different people, who would
 * answer for each other.
 */
const levels = [
  { bits: 48, weight: 2 },
  { bits: 32, weight: 16 },
] as const

/** The prefixes of a requester: the network first, then the enclosing ones. */
export type Sources = readonly [Source, ...Source[]]

/**
 * What each network asked for and was given, with a weight that fades. The values grow with time instead of fading one by
 * one (« forward decay »), so that two networks are compared without a look at the clock.
 */
export const createDemand = (now: () => number) => {
  const known = new Map<string, Source>()
  let epoch = now()

  const rescale = (elapsed: number) => {
    const factor = Math.exp(-elapsed / memory)
    for (const [key, source] of known) {
      source.asked *= factor
      source.admitted *= factor
      if (source.asked < 0.02) known.delete(key)
    }
    epoch += elapsed
  }

  /** The weight of one POST now. */
  const unit = () => {
    const elapsed = now() - epoch
    if (elapsed > rescaleInterval) rescale(elapsed)
    return Math.exp((now() - epoch) / memory)
  }

  const find = (key: string, weight: number): Source => {
    const found = known.get(key)
    if (found) return found
    const made = { weight, asked: 0, admitted: 0, second: 0, count: 0, before: 0 }
    if (known.size < mostNetworks) known.set(key, made)
    return made
  }

  const heavinessOf = ({ weight, asked, admitted }: Source, one: number) =>
    (asked / weight) ** 3 * ((admitted + one / 10) / weight)

  /** The highest heaviness among the network and its enclosing prefixes. */
  const heaviest = (sources: Sources, one: number) => {
    let most = 0
    for (const source of sources) most = Math.max(most, heavinessOf(source, one))
    return most
  }

  return {
    /** `campus`: how many ordinary networks a campus stands for; 1 for others. */
    sourcesOf: (address: Address | null, campus: number): Sources => {
      if (!address) return [find('unknown', 1)]
      if (address.family === 4) return [find(address.text.slice(0, address.text.lastIndexOf('.')), campus)]
      const own = find(prefixOf(address.groups, 56), campus)
      // A campus was named by the operator: its provider's others do not weigh on it.
      if (campus > 1) return [own]
      return [own, ...levels.map(({ bits, weight }) => find(prefixOf(address.groups, bits), weight))]
    },
    request: (sources: Sources) => {
      const one = unit()
      for (const source of sources) source.asked += one
    },
    admit: (sources: Sources) => {
      const one = unit()
      for (const source of sources) source.admitted += one
    },
    /**
     * Who is heavier, relative to the allowance: what was given, times the cube of what was asked. Networks that ask alike
     * are served in turn and none starves; of two that ask differently the one that asks less comes far first, so that
     * five hundred networks with one post a second do not hold back somebody who sends one in three. Above nought: the
     * first; nought: both alike.
     *
     * Each weighs as the heaviest of what is around it. Customers of a provider that is flooded from within are alike by
     * that, being all as heavy as the provider: among them the lighter site comes first, then the lighter network, so
     * that the flood takes its own sites' places. The provider as a whole has no place more.
     */
    compare: (first: Sources, second: Sources) => {
      const one = unit()
      const whole = heaviest(first, one) - heaviest(second, one)
      if (whole !== 0) return whole
      for (let level = levels.length; level >= 0; level -= 1) {
        const [mine, theirs] = [first[level], second[level]]
        const difference = mine && theirs ? heavinessOf(mine, one) - heavinessOf(theirs, one) : 0
        if (difference !== 0) return difference
      }
      return 0
    },
    /** Whether the recent demand of the network looks like people rather than a flood. */
    looksCalm: ([own]: Sources) => own.asked / unit() < 30 * own.weight,
    size: () => known.size,
  }
}

export type Demand = ReturnType<typeof createDemand>

/**
 * May this network have one more in the running second? The second before counts for what of it is still within reach, so
 * that a burst at the edge does not pass twice. What is refused is not counted.
 */
export const withinAllowance = (source: Source, allowance: number, now: number) => {
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
