import { type Address, readAddress } from './address.ts'
import { type AdmissionRequest, admitInterval, createAdmission } from './admission.ts'
import { createDemand, type Sources, withinAllowance } from './demand.ts'
import type { Recognise } from './recognition.ts'

/** `network`: this network is over its limit. `full`: the whole portal is. */
export type Refusal = 'network' | 'full'
export type GateDecision = { readonly refusal: Refusal | null; readonly sources: Sources }

/** The largest share of the whole that one network, even a campus, is allowed: some capacity always remains for others. */
const largestCampusShare = 4 / 5

/** Posts a second of an ordinary network and of a campus; both stay below the global limit whatever is configured. */
export const allowancesOf = (limits: {
  readonly postsPerSecond: number
  readonly postsPerSecondPerNetwork: number
  readonly campusFactor: number
}) => {
  const below = Math.max(1, limits.postsPerSecond * largestCampusShare)
  const network = Math.min(limits.postsPerSecondPerNetwork, below)
  return { network, campus: Math.min(network * limits.campusFactor, below) }
}

type GateRequest = {
  readonly ip: string
  readonly cookies: string | undefined
  readonly isGone: () => boolean
}

const repeatEvery = (run: () => void, milliseconds: number) => {
  const timer = setInterval(run, milliseconds)
  return () => clearInterval(timer)
}

/** The admission gate: every post passes it before its body is read. */
export const createPostGate = (deps: {
  readonly allowances: ReturnType<typeof allowancesOf>
  readonly isCampus: (address: Address) => boolean
  readonly recognise: Recognise
  readonly capacity: () => number
  readonly admitted?: () => void
  /** Monotonic, so that setting the wall clock changes no decision. */
  readonly now: () => number
  /** Runs the work repeatedly; returns the function that stops it. */
  readonly repeat?: (run: () => void, milliseconds: number) => () => void
}) => {
  const { allowances, isCampus, recognise, now, repeat = repeatEvery } = deps
  const demand = createDemand(now)
  const admission = createAdmission({ ...deps, demand })
  const campusWeight = allowances.campus / allowances.network
  let stop: (() => void) | null = null

  const admit = (request: AdmissionRequest): GateDecision | Promise<GateDecision> => {
    const { sources } = request
    const admitted = admission.request(request)
    if (typeof admitted === 'boolean') return { refusal: admitted ? null : 'full', sources }
    stop ??= repeat(admitWhileWaiting, admitInterval)
    return admitted.then(isAdmitted => ({ refusal: isAdmitted ? null : 'full', sources }) as const)
  }

  const refuse = (sources: Sources): GateDecision => {
    demand.request(sources)
    return { refusal: 'network', sources }
  }

  const admitWhileWaiting = () => {
    admission.admitQueued()
    if (admission.waiting() > 0) return
    stop?.()
    stop = null
  }

  return {
    check: ({ ip, cookies, isGone }: GateRequest): GateDecision | Promise<GateDecision> => {
      const address = readAddress(ip)
      const campus = address !== null && isCampus(address)
      const sources = demand.sourcesOf(address, campus ? campusWeight : 1)
      const isKnown = recognise(cookies)
      const request = { sources, isGone, ...(isKnown && { isKnown }) }
      if (withinAllowance(sources[0], campus ? allowances.campus : allowances.network, now()))
        return admit(request)
      // A known browser is admitted although its network is over the limit, as far as its person's own allowance goes. A
      // cookie that has ended counts as a stranger's: otherwise someone could sign out and flood with the old cookie.
      if (!isKnown) return refuse(sources)
      const recognised = isKnown().catch(() => false)
      return recognised.then(known => (known ? admit(request) : refuse(sources)))
    },
    looksCalm: demand.looksCalm,
    close: () => {
      stop?.()
      admission.close()
    },
  }
}

export type PostGate = ReturnType<typeof createPostGate>
