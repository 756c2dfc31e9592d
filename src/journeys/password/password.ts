import type { PersonId } from '../../directory/directory.ts'
import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import type { RouteName } from '../../routes.ts'
import { endings, type JourneyTransitions } from '../journey.ts'
import type { GivenProof } from '../steps/right-answer.ts'
import type {
  JourneyDefinition,
  NewPasswordState,
  ProveState,
  SecondFactorState,
  StoppedState,
  WritingState,
} from '../steps/steps.ts'

/**
 * « Récupérer mon mot de passe ». An unknown person gets the same pages, with `person: null` at `prove`, where no answer
 * is right. `new-password` is reached only by a proof of identity, so `person` cannot be null there.
 */
export type State =
  | ProveState
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
  | 'factor-required'
  | 'continued'
  | 'privileged'
  | 'submitted'
  | 'written'
  | 'refused'
  | 'exhausted'
  | 'superseded'
  | 'ended'

export const transitions = {
  prove: {
    proved: 'new-password',
    'factor-required': 'second-factor',
    continued: 'prove',
    privileged: 'stopped',
    ...endings,
  },
  'second-factor': { proved: 'new-password', privileged: 'stopped', ...endings },
  'new-password': { submitted: 'writing', exhausted: 'stopped', ...endings },
  writing: { written: 'done', refused: 'new-password', ...endings },
  done: { ended: 'stopped' },
  stopped: {},
} as const satisfies JourneyTransitions<Step, Event>

/** The page of each proof. */
const proofPages = {
  joker: 'joker',
  'mail-code': 'proof',
  'sms-code': 'proof',
  'helpdesk-code': 'proof',
  passkey: 'proof',
  'recovery-code': 'proof',
} as const satisfies Record<RecoveryKind, RouteName>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  prove: 'proof',
  'second-factor': 'journeyFactor',
  'new-password': 'newPassword',
  writing: 'writing',
  done: 'done',
  stopped: 'journeyStopped',
} as const satisfies Record<Step, RouteName>

export const definition: JourneyDefinition<Step> = {
  journey: 'password',
  pages,
  proofPages,
  choose: 'chooseNumber',
  identify: 'identify',
  stepTitles: ['identify.step', 'joker.step', 'new.step', 'done.step'],
}

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
  sealedLogin,
}: GivenProof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'new-password', person, answerDigest, factor, provedAt, sealedLogin } }

/**
 * Transition once the policy is met. A person who has a second factor must use it first: a reset must not
 * bypass it.
 */
export const afterPolicy = (proof: GivenProof): { event: Event; next: State } => {
  const { person, privileged, answerDigest, provedAt, asksFactor, populations, sealedLogin } = proof
  return asksFactor
    ? {
        event: 'factor-required',
        next: {
          step: 'second-factor',
          person,
          privileged,
          answerDigest,
          provedAt,
          populations,
          sealedLogin,
          wrong: 0,
        },
      }
    : afterProof(proof)
}
