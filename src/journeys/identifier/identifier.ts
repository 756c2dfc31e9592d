import type { PersonId } from '../../directory/directory.ts'
import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import type { RouteName } from '../../routes.ts'
import { endings, type JourneyTransitions } from '../journey.ts'
import type { GivenProof } from '../steps/right-answer.ts'
import type { JourneyDefinition, ProveState, SecondFactorState, StoppedState } from '../steps/steps.ts'

/**
 * « Récupérer mon identifiant »: identification, the proofs of the policy, then the login is shown and mailed. For an unknown person no
 * answer at `prove` is right.
 */
export type State =
  | ProveState
  | SecondFactorState
  | { readonly step: 'done'; readonly person: PersonId }
  | StoppedState

export type Step = State['step']
export type Event = 'proved' | 'factor-required' | 'continued' | 'privileged' | 'superseded' | 'ended'

export const transitions = {
  prove: {
    proved: 'done',
    'factor-required': 'second-factor',
    continued: 'prove',
    privileged: 'stopped',
    ...endings,
  },
  'second-factor': { proved: 'done', privileged: 'stopped', ...endings },
  done: { ended: 'stopped' },
  stopped: {},
} as const satisfies JourneyTransitions<Step, Event>

/** The page of each proof. */
const proofPages = {
  joker: 'identifierJoker',
  'mail-code': 'identifierProof',
  'sms-code': 'identifierProof',
  'helpdesk-code': 'identifierProof',
  passkey: 'identifierProof',
  'recovery-code': 'identifierProof',
} as const satisfies Record<RecoveryKind, RouteName>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  prove: 'identifierProof',
  'second-factor': 'identifierFactor',
  done: 'identifierDone',
  stopped: 'identifierStopped',
} as const satisfies Record<Step, RouteName>

export const definition: JourneyDefinition<Step> = {
  journey: 'identifier',
  pages,
  proofPages,
  choose: 'identifier',
  identify: 'identifyForIdentifier',
  stepTitles: ['identify.step', 'joker.step', 'identifier.step'],
}

/**
 * Transition after the whole proof: the login is shown, except for a privileged account, which always goes through the
 * helpdesk.
 */
export const afterProof = ({ person, privileged }: GivenProof): { event: Event; next: State } =>
  privileged
    ? { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
    : { event: 'proved', next: { step: 'done', person } }

/** Transition once the policy is met. A person who has a second factor must use it first. */
export const afterPolicy = (proof: GivenProof): { event: Event; next: State } => {
  const { person, privileged, answerDigest, provedAt, asksFactor, populations } = proof
  return asksFactor
    ? {
        event: 'factor-required',
        next: { step: 'second-factor', person, privileged, answerDigest, provedAt, populations, wrong: 0 },
      }
    : afterProof(proof)
}
