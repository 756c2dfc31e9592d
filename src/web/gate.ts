import { type Address, readAddress } from './address.ts'
import { type AdmissionRequest, createAdmission, pumpInterval } from './admission.ts'
import { createDemand, type Sources, withinAllowance } from './demand.ts'
import type { Recognise } from './recognition.ts'

/** `network`: this network sends more than it may. `full`: the portal has no place for it now. */
export type Refusal = 'network' | 'full'
export type GateDecision = { readonly refusal: Refusal | null; readonly sources: Sources }

/** What the allowance of a campus may be of the whole: others always find a place. */
const largestCampusShare = 4 / 5

/** Posts a second of an ordinary network and of a campus, each below the whole whatever is configured. */
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
  readonly gone: () => boolean
}

const repeating = (run: () => void, milliseconds: number) => {
  const timer = setInterval(run, milliseconds)
  return () => clearInterval(timer)
}

/** Every post comes through here, before its body is read. */
export const createPostGate = (deps: {
  readonly allowances: ReturnType<typeof allowancesOf>
  readonly isCampus: (address: Address) => boolean
  readonly recognise: Recognise
  readonly capacity: () => number
  readonly admitted?: () => void
  /** Monotonic: a clock that is set neither opens the gate nor shuts it. */
  readonly now: () => number
  /** Repeats until it is stopped. */
  readonly every?: (run: () => void, milliseconds: number) => () => void
}) => {
  const { allowances, isCampus, recognise, now, every = repeating } = deps
  const demand = createDemand(now)
  const admission = createAdmission({ ...deps, demand })
  const campusWeight = allowances.campus / allowances.network
  let stop: (() => void) | null = null

  const admit = (request: AdmissionRequest): GateDecision | Promise<GateDecision> => {
    const { sources } = request
    const admitted = admission.request(request)
    if (typeof admitted === 'boolean') return { refusal: admitted ? null : 'full', sources }
    stop ??= every(pumpWhileWaiting, pumpInterval)
    return admitted.then(is => ({ refusal: is ? null : 'full', sources }) as const)
  }

  const refuse = (sources: Sources): GateDecision => {
    demand.request(sources)
    return { refusal: 'network', sources }
  }

  const pumpWhileWaiting = () => {
    admission.pump()
    if (admission.waiting() > 0) return
    stop?.()
    stop = null
  }

  return {
    enter: ({ ip, cookies, gone }: GateRequest): GateDecision | Promise<GateDecision> => {
      const address = readAddress(ip)
      const campus = address !== null && isCampus(address)
      const sources = demand.sourcesOf(address, campus ? campusWeight : 1)
      const known = recognise(cookies)
      const request = { sources, gone, ...(known && { known }) }
      if (withinAllowance(sources[0], campus ? allowances.campus : allowances.network, now()))
        return admit(request)
      // A known browser does not answer for its neighbours, as far as its person's own allowance goes. A cookie of ours that
      // opens nothing any more is a stranger's: whoever signed out would flood with it.
      if (!known) return refuse(sources)
      const recognised = known().catch(() => false)
      return recognised.then(is => (is ? admit(request) : refuse(sources)))
    },
    looksCalm: demand.looksCalm,
    close: () => {
      stop?.()
      admission.close()
    },
  }
}

export type PostGate = ReturnType<typeof createPostGate>
