import type { PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import { endings, type JourneyTransitions } from '../journey.ts'
import type { GivenProof } from '../steps/proof.ts'
import type {
  IdentificationResult,
  JokerState,
  JourneyDefinition,
  NewPasswordState,
  SecondFactorState,
  StoppedState,
  WritingState,
} from '../steps/steps.ts'

/**
 * « Récupérer mon mot de passe ». An unknown person gets the same pages, with `person: null` at the joker step, where no answer
 * is right. `new-password` is reached only by a proof of identity, so `person` cannot be null there.
 */
export type State =
  | JokerState
  | SecondFactorState
  | NewPasswordState
  | WritingState
  | {
      readonly step: 'done'
      readonly person: PersonId
      readonly verifiedAt: number | null
      readonly writtenAt: number
    }
  | StoppedState

export type Step = State['step']
export type Event =
  | 'proved'
  | 'asked'
  | 'privileged'
  | 'submitted'
  | 'written'
  | 'refused'
  | 'exhausted'
  | 'superseded'
  | 'ended'

export const transitions = {
  joker: {
    proved: 'new-password',
    asked: 'second-factor',
    privileged: 'stopped',
    ...endings,
  },
  'second-factor': { proved: 'new-password', privileged: 'stopped', ...endings },
  'new-password': { submitted: 'writing', exhausted: 'stopped', ...endings },
  writing: { written: 'done', refused: 'new-password', ...endings },
  done: { ended: 'stopped' },
  stopped: {},
} as const satisfies JourneyTransitions<Step, Event>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  joker: 'joker',
  'second-factor': 'journeyFactor',
  'new-password': 'newPassword',
  writing: 'writing',
  done: 'done',
  stopped: 'journeyStopped',
} as const satisfies Record<Step, RouteName>

export const definition: JourneyDefinition<Step> = {
  journey: 'password',
  pages,
  choose: 'chooseNumber',
  identify: 'identify',
  stepTitles: ['identify.step', 'joker.step', 'new.step', 'done.step'],
}

/** The first state, for a known or an unknown person. */
export const initialState = (result: IdentificationResult): State => ({ step: 'joker', ...result })

/**
 * Transition after the whole proof: to the new password, or, for a privileged account, which Sésame never writes, to
 * the page that says so.
 */
export const afterProof = ({
  person,
  privileged,
  answerDigest,
  factor,
  provedAt,
}: GivenProof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'new-password', person, answerDigest, factor, provedAt } }

/**
 * Transition after a right answer to the joker. A person who has a second factor must use it first: a reset must not
 * bypass it.
 */
export const afterJoker = (proof: GivenProof): { event: Event; next: State } => {
  const { person, privileged, answerDigest, provedAt, asksFactor } = proof
  return asksFactor
    ? {
        event: 'asked',
        next: { step: 'second-factor', person, privileged, answerDigest, provedAt, wrong: 0 },
      }
    : afterProof(proof)
}
