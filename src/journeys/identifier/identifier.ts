import type { PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import type { Transitions } from '../journey.ts'
import type { Proof } from '../steps/step-context.ts'
import type {
  IdentificationResult,
  JokerState,
  JourneyDefinition,
  SecondFactorState,
  StoppedState,
} from '../steps/steps.ts'

/**
 * « Récupérer mon identifiant »: identification, the joker, then the login is told and mailed. Somebody unknown never
 * leaves the joker.
 */
export type State =
  | JokerState
  | SecondFactorState
  | { readonly step: 'done'; readonly person: PersonId }
  | StoppedState

export type Step = State['step']
export type Event = 'proved' | 'asked' | 'privileged'

export const transitions = {
  joker: { proved: 'done', asked: 'second-factor', privileged: 'stopped' },
  'second-factor': { proved: 'done', privileged: 'stopped' },
  done: {},
  stopped: {},
} as const satisfies Transitions<Step, Event>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  joker: 'identifierJoker',
  'second-factor': 'identifierFactor',
  done: 'identifierDone',
  stopped: 'identifierStopped',
} as const satisfies Record<Step, RouteName>

export const definition: JourneyDefinition<Step> = {
  journey: 'identifier',
  pages,
  choose: 'identifier',
  identify: 'identifyForIdentifier',
  stepTitles: ['identify.step', 'joker.step', 'identifier.step'],
}

/** Where identification leads, known or not. */
export const initialState = (who: IdentificationResult): State => ({ step: 'joker', ...who })

/** The proof is whole: the login is told, but for an account that goes through the helpdesk in everything. */
export const afterProof = ({ person, privileged }: Proof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'done', person } }

/** The joker holds. Whoever has a second factor shows it first. */
export const afterJoker = (proof: Proof): { event: Event; next: State } => {
  const { person, privileged, mark, shownAt, asksFactor } = proof
  return asksFactor
    ? { event: 'asked', next: { step: 'second-factor', person, privileged, mark, shownAt, wrong: 0 } }
    : afterProof(proof)
}
