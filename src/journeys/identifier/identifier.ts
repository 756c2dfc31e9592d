import type { PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import { endings, type JourneyTransitions } from '../journey.ts'
import type { GivenProof } from '../steps/proof.ts'
import type {
  IdentificationResult,
  JokerState,
  JourneyDefinition,
  SecondFactorState,
  StoppedState,
} from '../steps/steps.ts'

/**
 * « Récupérer mon identifiant »: identification, the joker, then the login is shown and mailed. For an unknown person no
 * answer to the joker is right.
 */
export type State =
  | JokerState
  | SecondFactorState
  | { readonly step: 'done'; readonly person: PersonId }
  | StoppedState

export type Step = State['step']
export type Event = 'proved' | 'asked' | 'privileged' | 'superseded' | 'ended'

export const transitions = {
  joker: { proved: 'done', asked: 'second-factor', privileged: 'stopped', ...endings },
  'second-factor': { proved: 'done', privileged: 'stopped', ...endings },
  done: { ended: 'stopped' },
  stopped: {},
} as const satisfies JourneyTransitions<Step, Event>

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

/** The first state, for a known or an unknown person. */
export const initialState = (result: IdentificationResult): State => ({ step: 'joker', ...result })

/**
 * Transition after the whole proof: the login is shown, except for a privileged account, which always goes through the
 * helpdesk.
 */
export const afterProof = ({ person, privileged }: GivenProof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'done', person } }

/** Transition after a right answer to the joker. A person who has a second factor must use it first. */
export const afterJoker = (proof: GivenProof): { event: Event; next: State } => {
  const { person, privileged, answerDigest, provedAt, asksFactor } = proof
  return asksFactor
    ? {
        event: 'asked',
        next: { step: 'second-factor', person, privileged, answerDigest, provedAt, wrong: 0 },
      }
    : afterProof(proof)
}
