import type { PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import type { Moves } from '../journey.ts'
import type { Proof } from '../steps/place.ts'
import type { AtJoker, Identified, Over, Road } from '../steps/steps.ts'

/**
 * « Récupérer mon identifiant »: identification, the joker, then the login is told and mailed. Somebody unknown never
 * leaves the joker.
 */
export type State =
  | AtJoker
  | { readonly step: 'done'; readonly person: PersonId }
  | { readonly step: 'over'; readonly why: Over }

export type Step = State['step']
export type Event = 'proved' | 'privileged'

export const moves = {
  joker: { proved: 'done', privileged: 'over' },
  done: {},
  over: {},
} as const satisfies Moves<Step, Event>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  joker: 'identifierJoker',
  done: 'identifierDone',
  over: 'identifierOver',
} as const satisfies Record<Step, RouteName>

export const road: Road<Step> = {
  journey: 'identifier',
  pages,
  choose: 'identifier',
  identify: 'identifyForIdentifier',
  doors: ['identify.step', 'joker.step', 'identifier.step'],
}

/** Where identification leads, known or not. */
export const identified = (who: Identified): State => ({ step: 'joker', ...who })

/** The joker holds: the login is told, but for an account that goes through the helpdesk in everything. */
export const afterJoker = ({ person, privileged }: Proof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'over', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'done', person } }
