import { type Address, readAddress } from './address.ts'
import { type AdmissionRequest, admitInterval, createAdmission } from './admission.ts'
import { type ClientNetworks, createDemand, type Demand, withinAllowance } from './demand.ts'
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

type GateDeps = {
  readonly allowances: ReturnType<typeof allowancesOf>
  readonly isCampus: (address: Address) => boolean
  readonly recognise: Recognition
  readonly capacity: () => number
  readonly admitted?: () => void
  /** Monotonic milliseconds, so that a change of the system clock has no effect. */
  readonly now: () => number
  /** Runs the work repeatedly; returns the function that stops it. */
  readonly repeat?: (run: () => void, milliseconds: number) => () => void
}

/** `stop` ends the repeated admission; `null` while nothing waits. */
type State = GateDeps & {
  readonly demand: Demand
  readonly admission: ReturnType<typeof createAdmission>
  readonly repeat: NonNullable<GateDeps['repeat']>
  stop: (() => void) | null
}

function admit(state: State, request: AdmissionRequest): GateDecision | Promise<GateDecision> {
  const { networks } = request
  const admitted = state.admission.request(request)
  if (typeof admitted === 'boolean') return { refusal: admitted ? null : 'full', networks }
  state.stop ??= state.repeat(() => admitWhileWaiting(state), admitInterval)
  return admitted.then(isAdmitted => ({ refusal: isAdmitted ? null : 'full', networks }) as const)
}

function refuse({ demand }: State, networks: ClientNetworks): GateDecision {
  demand.request(networks)
  return { refusal: 'network', networks }
}

function admitWhileWaiting(state: State) {
  state.admission.admitQueued()
  if (state.admission.waiting() > 0) return
  state.stop?.()
  state.stop = null
}

function check(state: State, { ip, cookies, isGone }: GateRequest): GateDecision | Promise<GateDecision> {
  const { allowances, isCampus, recognise, demand, now } = state
  const address = readAddress(ip)
  const campus = address !== null && isCampus(address)
  const networks = demand.networksOf(address, campus ? allowances.campus / allowances.network : 1)
  const isKnown = recognise(cookies)
  const request = { networks, isGone, ...(isKnown && { isKnown }) }
  if (withinAllowance(networks[0], campus ? allowances.campus : allowances.network, now()))
    return admit(state, request)
  // When its network has used up its allowance, a known browser is still served, within the allowance of its person. A
  // cookie that was revoked is treated as a stranger's: it could be used for a flood after the sign-out.
  if (!isKnown) return refuse(state, networks)
  const recognised = isKnown().catch(() => false)
  return recognised.then(known => (known ? admit(state, request) : refuse(state, networks)))
}

/** Every POST passes this gate before its body is read. */
export const createPostGate = (deps: GateDeps) => {
  const demand = createDemand(deps.now)
  const state: State = {
    ...deps,
    demand,
    admission: createAdmission({ ...deps, demand }),
    repeat: deps.repeat ?? repeatEvery,
    stop: null,
  }
  return {
    check: (request: GateRequest) => check(state, request),
    isOrdinaryLoad: demand.isOrdinaryLoad,
    close: () => {
      state.stop?.()
      state.admission.close()
    },
  }
}

export type PostGate = ReturnType<typeof createPostGate>
