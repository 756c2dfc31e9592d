import type { PersonId } from '../../directory/directory.ts'
import type { Attempt } from '../source/attempts.ts'

/**
 * `waiting`: not written there yet. `written`: there, not proved yet. The others are settled: `dropped` when the source
 * holds another password by now, `superseded` when a newer one of ours is on its way.
 */
export const deliveryStates = ['waiting', 'written', 'proved', 'failed', 'dropped', 'superseded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export const unfinishedStates = ['waiting', 'written'] as const satisfies readonly DeliveryState[]

/** Why a delivery failed or was dropped: each is a sentence of the texts, for the desk. */
export const deliveryFailures = [
  'service-no-account',
  'service-privileged',
  'service-policy',
  'service-not-allowed',
  'service-login-refused',
  'service-login-barred',
  'service-changed-elsewhere',
  'service-overwritten',
  'service-expired',
  'service-gone',
] as const
export type DeliveryFailure = (typeof deliveryFailures)[number]

/** A password on its way to one service, as its worker holds it. */
export type Delivery = {
  readonly id: string
  readonly person: PersonId
  readonly service: string
  readonly attempt: string
  readonly kind: Attempt['kind']
  readonly generation: number
  readonly state: (typeof unfinishedStates)[number]
  readonly epoch: string
  readonly sealed: string | null
  /** Of the claim: whoever settles shows that nobody else took it meanwhile. */
  readonly holder: string
  readonly leaseUntil: number
  readonly writes: number
  readonly logins: number
  /** A write of this claim has left: what follows must not pretend that it had not. */
  readonly sent: boolean
  readonly createdAt: number
  readonly writtenAt: number | null
}

/** What a receipt and the desk see of it. */
export type DeliveryStatus = {
  readonly service: string
  readonly state: DeliveryState
  readonly reason: DeliveryFailure | null
  readonly writtenAt: number | null
  readonly provedAt: number | null
}
