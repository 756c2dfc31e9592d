import type { Clock } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import type { ProofKind } from '../proofs/proof-registry.ts'
import type { Store } from '../store/store.ts'
import type { Journey, Transitions } from './journey.ts'

export type StoreDeps = { readonly store: Store; readonly clock: Clock; readonly limits: Limits }

/** A kind of journey. Every write of `journey-store.ts` consults its transition table. */
export type Kind<State extends { step: string }, Event extends string> = StoreDeps & {
  readonly kind: string
  readonly transitions: Transitions<State['step'], Event>
}

/** The step to which this event leads, by the table. */
export function leadsTo<State extends { step: string }, Event extends string>(
  { transitions }: Pick<Kind<State, Event>, 'transitions'>,
  from: State['step'],
  event: Event,
): State['step'] | undefined {
  const table: { readonly [event in Event]?: State['step'] } = transitions[from]
  return table[event]
}

/** Where the journey of a browser is, of any kind. */
export type FoundState = { readonly kind: string; readonly step: string; readonly chosen?: unknown }

export type Moved<State extends { step: string }> = Pick<Journey<State>, 'id' | 'version' | 'state'>
export type Provable<State extends { step: string }> = Moved<State> & Pick<Journey<State>, 'proved'>

/** A right answer, and where it leads. */
export type ProvedMove<State extends { step: string }, Event extends string> = {
  readonly kind: ProofKind
  readonly at: number
  readonly event: Event
  readonly next: State
}
