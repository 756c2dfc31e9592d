import { type Address, readAddress } from './address.ts'
import { type AdmissionRequest, admitInterval, createAdmission } from './admission.ts'
import { type ClientNetworks, createDemand, withinAllowance } from './demand.ts'
import type { Recognition } from './recognition.ts'

/** `network`: the network exceeds its allowance. `full`: the whole portal is at its limit. */
export type Refusal = 'network' | 'full'
export type GateDecision = { readonly refusal: Refusal | null; readonly networks: ClientNetworks }

/** Largest allowance of a campus as a share of the global limit, so that other networks are always served. */
const largestCampusShare = 4 / 5

/** POSTs a second of an ordinary network and of a campus, each below the global limit whatever is configured. */
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

/** Every POST passes this gate before its body is read. */
export const createPostGate = (deps: {
  readonly allowances: ReturnType<typeof allowancesOf>
  readonly isCampus: (address: Address) => boolean
  readonly recognise: Recognition
  readonly capacity: () => number
  readonly admitted?: () => void
  /** Monotonic milliseconds, so that a change of the system clock has no effect. */
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
    const { networks } = request
    const admitted = admission.request(request)
    if (typeof admitted === 'boolean') return { refusal: admitted ? null : 'full', networks }
    stop ??= repeat(admitWhileWaiting, admitInterval)
    return admitted.then(isAdmitted => ({ refusal: isAdmitted ? null : 'full', networks }) as const)
  }

  const refuse = (networks: ClientNetworks): GateDecision => {
    demand.request(networks)
    return { refusal: 'network', networks }
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
      const networks = demand.networksOf(address, campus ? campusWeight : 1)
      const isKnown = recognise(cookies)
      const request = { networks, isGone, ...(isKnown && { isKnown }) }
      if (withinAllowance(networks[0], campus ? allowances.campus : allowances.network, now()))
        return admit(request)
      // When its network has used up its allowance, a known browser is still served, within the allowance of its person. A
      // cookie that was revoked is treated as a stranger's: it could be used for a flood after the sign-out.
      if (!isKnown) return refuse(networks)
      const recognised = isKnown().catch(() => false)
      return recognised.then(known => (known ? admit(request) : refuse(networks)))
    },
    isOrdinaryLoad: demand.isOrdinaryLoad,
    close: () => {
      stop?.()
      admission.close()
    },
  }
}

export type PostGate = ReturnType<typeof createPostGate>
