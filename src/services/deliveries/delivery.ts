import type { PersonId } from '../../directory/directory.ts'
import type { Attempt } from '../source/attempts.ts'

/**
 * `waiting`: not written yet. `written`: written, not proved yet. The other states are final: `dropped` when the source
 * has another password by now, `superseded` when Sésame delivers a newer one.
 */
export const deliveryStates = ['waiting', 'written', 'proved', 'failed', 'dropped', 'superseded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export const unfinishedStates = ['waiting', 'written'] as const satisfies readonly DeliveryState[]

/** Why a delivery failed or was dropped; the texts have a sentence for each, for the helpdesk. */
export const deliveryFailures = [
  'service-no-account',
  'service-privileged',
  'service-policy',
  'service-not-allowed',
  'service-login-refused',
  'service-login-barred',
  'service-changed-elsewhere',
  'service-person-closed',
  'service-overwritten',
  'service-expired',
  'service-gone',
] as const
export type DeliveryFailure = (typeof deliveryFailures)[number]

/** A claimed delivery of a password to one service. Times are in milliseconds. */
export type Delivery = {
  readonly id: string
  readonly person: PersonId
  readonly service: string
  readonly attempt: string
  readonly kind: Attempt['kind']
  readonly generation: number
  readonly state: (typeof unfinishedStates)[number]
  readonly keyName: string
  readonly sealed: string | null
  /** Identifies the claim: an update takes effect only while this claim still holds the lease. */
  readonly holder: string
  readonly leaseUntil: number
  readonly writes: number
  readonly logins: number
  /** A write of this claim was sent, so a later outcome must take into account that it may have happened. */
  readonly sent: boolean
  readonly createdAt: number
  readonly writtenAt: number | null
}

/** What a receipt and the helpdesk show of a delivery. */
export type DeliveryStatus = {
  readonly service: string
  readonly state: DeliveryState
  readonly reason: DeliveryFailure | null
  readonly writtenAt: number | null
  readonly provedAt: number | null
}
