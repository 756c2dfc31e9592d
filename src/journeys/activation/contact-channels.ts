import type { PersonId } from '../../directory/directory.ts'
import type { DestinationKind } from '../../proofs/sent-code/destination.ts'
import type { Event, State } from './activation.ts'

/** The two recovery channels, and the two steps of each. */
export type ContactChannel = {
  readonly kind: DestinationKind
  readonly at: 'address' | 'mobile'
  readonly code: 'address-code' | 'mobile-code'
}

export const addressChannel: ContactChannel = { kind: 'mail', at: 'address', code: 'address-code' }
export const mobileChannel: ContactChannel = { kind: 'mobile', at: 'mobile', code: 'mobile-code' }

/** Id of the code request: the code confirms this channel in this journey, and nothing else. */
export const requestOf = (journey: { readonly id: string }, channel: ContactChannel) =>
  `${journey.id}:${channel.kind}`

type Next = Extract<State, { step: 'mobile' | 'done' }>

/** The state after a channel: the mobile after the address, where text messages are available; otherwise the end. */
export const nextState = (
  channel: ContactChannel,
  person: PersonId,
  mobileOffered: boolean,
  how: 'skipped' | 'confirmed',
): { event: Event; next: Next } =>
  channel.kind === 'mail' && mobileOffered
    ? { event: how, next: { step: 'mobile', person } }
    : { event: 'finished', next: { step: 'done', person } }
