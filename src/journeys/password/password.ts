import type { PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import type { Transitions } from '../journey.ts'
import type { Proof } from '../steps/step-context.ts'
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
 * « Récupérer mon mot de passe ». Somebody unknown walks the same states: `person: null` at the joker step, which no
 * answer leaves. Whoever reaches `new-password` has proved who they are, and `person` cannot be null there.
 */
export type State =
  | JokerState
  | SecondFactorState
  | NewPasswordState
  | WritingState
  | {
      readonly step: 'done'
      readonly person: PersonId
      readonly provedAt: number | null
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

export const transitions = {
  joker: { proved: 'new-password', asked: 'second-factor', privileged: 'stopped', superseded: 'stopped' },
  'second-factor': { proved: 'new-password', privileged: 'stopped', superseded: 'stopped' },
  'new-password': { submitted: 'writing', exhausted: 'stopped', superseded: 'stopped' },
  writing: { written: 'done', refused: 'new-password', superseded: 'stopped' },
  done: {},
  stopped: {},
} as const satisfies Transitions<Step, Event>

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

/** Where identification leads, known or not. */
export const initialState = (who: IdentificationResult): State => ({ step: 'joker', ...who })

/** The proof is whole: on to the new password, or, for an account that Sésame never writes, to the page that says so. */
export const afterProof = ({
  person,
  privileged,
  mark,
  factor,
  shownAt,
}: Proof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'new-password', person, answer: mark, factor, shownAt } }

/** The joker holds. Whoever has a second factor shows it first: a reset never goes round it. */
export const afterJoker = (proof: Proof): { event: Event; next: State } => {
  const { person, privileged, mark, shownAt, asksFactor } = proof
  return asksFactor
    ? { event: 'asked', next: { step: 'second-factor', person, privileged, mark, shownAt, wrong: 0 } }
    : afterProof(proof)
}
