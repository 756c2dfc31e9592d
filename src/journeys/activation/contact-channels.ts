import type { PersonId } from '../../directory/directory.ts'
import type { DestinationKind } from '../../proofs/code/destination.ts'
import type { Event, State } from './activation.ts'

/** The two things by which a person may come back, and the two steps of each. */
export type ContactChannel = {
  readonly kind: DestinationKind
  readonly at: 'address' | 'mobile'
  readonly code: 'address-code' | 'mobile-code'
}

export const addressChannel: ContactChannel = { kind: 'mail', at: 'address', code: 'address-code' }
export const mobileChannel: ContactChannel = { kind: 'mobile', at: 'mobile', code: 'mobile-code' }

/** The code proves this, for this journey, and nothing else. */
export const requestOf = (journey: { readonly id: string }, channel: ContactChannel) =>
  `${journey.id}:${channel.kind}`

type Next = Extract<State, { step: 'mobile' | 'done' }>

/** What follows a channel: the mobile after the address, where something carries codes to telephones; else the end. */
export const nextState = (
  channel: ContactChannel,
  person: PersonId,
  mobiles: boolean,
  how: 'skipped' | 'confirmed',
): { event: Event; next: Next } =>
  channel.kind === 'mail' && mobiles
    ? { event: how, next: { step: 'mobile', person } }
    : { event: 'finished', next: { step: 'done', person } }
