import type { PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import { endings, type JourneyTransitions } from '../journey.ts'
import type { GivenProof } from '../steps/right-answer.ts'
import type {
  IdentificationResult,
  JourneyDefinition,
  NewPasswordState,
  StoppedState,
  WritingState,
} from '../steps/steps.ts'

/**
 * « Activer mon compte ». An unknown person, or one without a code, gets the same pages: for them no code is right, so they
 * stay at `code`. The code is consumed when the password is accepted. A journey that stops before can begin again with the same
 * code; after one that stops later, the person signs in and continues in the account.
 */
export type CodeState = IdentificationResult & {
  readonly step: 'code'
  /** Keyed digest of the last refused code: a double click of the same form does not count as a second try. */
  readonly refused?: string
  /** Number of codes refused in this journey. */
  readonly wrong?: number
}

export type Active<Name extends string> = { readonly step: Name; readonly person: PersonId }

export type State =
  | CodeState
  | NewPasswordState
  | WritingState
  | (Active<'joker'> & { readonly substringDigests?: readonly string[] })
  | Active<'address'>
  | Active<'address-code'>
  | Active<'mobile'>
  | Active<'mobile-code'>
  | Active<'done'>
  | StoppedState

export type Step = State['step']
export type Event =
  | 'proved'
  | 'privileged'
  | 'active'
  | 'submitted'
  | 'written'
  | 'refused'
  | 'exhausted'
  | 'superseded'
  | 'ended'
  | 'signed-in'
  | 'chosen'
  | 'sent'
  | 'changed'
  | 'confirmed'
  | 'skipped'
  | 'finished'

/** After the password, a sign-in of the person ends the journey too. */
const laterEndings = { ...endings, 'signed-in': 'stopped' } as const

export const transitions = {
  code: { proved: 'new-password', privileged: 'stopped', active: 'stopped', ...endings },
  'new-password': { submitted: 'writing', exhausted: 'stopped', ...endings },
  writing: { written: 'joker', refused: 'new-password', ...endings },
  joker: { chosen: 'address', ...laterEndings },
  address: { sent: 'address-code', skipped: 'mobile', finished: 'done', ...laterEndings },
  'address-code': { confirmed: 'mobile', finished: 'done', changed: 'address', ...laterEndings },
  mobile: { sent: 'mobile-code', finished: 'done', ...laterEndings },
  'mobile-code': { finished: 'done', changed: 'mobile', ...laterEndings },
  done: { ended: 'stopped' },
  stopped: {},
} as const satisfies JourneyTransitions<Step, Event>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  code: 'activationCode',
  'new-password': 'activationPassword',
  writing: 'activationWriting',
  joker: 'activationJoker',
  address: 'activationAddress',
  'address-code': 'activationAddressCode',
  mobile: 'activationMobile',
  'mobile-code': 'activationMobileCode',
  done: 'activationDone',
  stopped: 'activationStopped',
} as const satisfies Record<Step, RouteName>

/** Four steps, as in recovery: identification, the password, the means of recovery, done. */
export const definition: JourneyDefinition<Step> = {
  journey: 'activation',
  pages,
  choose: 'activation',
  identify: 'identifyForActivation',
  stepTitles: ['identify.step', 'activation.step.password', 'activation.step.rescue', 'done.step'],
}

/** The first state, for a known or an unknown person. */
export const initialState = (result: IdentificationResult): State => ({ step: 'code', ...result })

/** Whoever cannot recover the password under the policy is directed to the sign-in and the first-day page. */
export const stoppedBecauseActive = ({ canRecover }: { readonly canRecover: boolean }) =>
  canRecover ? 'account-active' : 'account-active-first-day'

/**
 * Transition after a right code. A person whose account is already active learns it here, after the proof of identity.
 */
export const afterCode = ({
  person,
  privileged,
  provedAt,
  sealedLogin,
  active,
}: Pick<GivenProof, 'person' | 'privileged' | 'provedAt' | 'sealedLogin'> & {
  readonly active: ReturnType<typeof stoppedBecauseActive> | null
}): {
  event: Event
  next: State
} => {
  if (privileged) return { event: 'privileged', next: { step: 'stopped', why: 'account-privileged' } }
  if (active) return { event: 'active', next: { step: 'stopped', why: active } }
  const next = {
    step: 'new-password',
    person,
    answerDigest: '',
    factor: null,
    provedAt,
    sealedLogin,
  } as const
  return { event: 'proved', next }
}
