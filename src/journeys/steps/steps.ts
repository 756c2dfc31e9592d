import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Directory, NumberKind, PersonId, Population } from '../../directory/directory.ts'
import type { AccessMethods } from '../../identity/access-methods.ts'
import type { Freezes } from '../../identity/freezes.ts'
import type { KnownBrowsers } from '../../identity/known-browsers.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimiter } from '../../limits/rate-limiter.ts'
import type { Notices } from '../../notify/notify.ts'
import type { HelpdeskProof } from '../../proofs/helpdesk-code/descriptor.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { PasskeyProof } from '../../proofs/passkey/descriptor.ts'
import type { ProofPolicy } from '../../proofs/policy/policy.ts'
import type { RecoveryKind } from '../../proofs/proof-registry.ts'
import type { PrintedProof } from '../../proofs/recovery-code/descriptor.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { JourneyCodes } from '../../proofs/sent-code/journey-code.ts'
import type { MessageBudget } from '../../proofs/sent-code/messages.ts'
import type { RouteName, StartRoute } from '../../routes.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { WriteBarriers } from '../../services/source/write-hooks.ts'
import type { Store } from '../../store/store.ts'
import type { Language, TextKey } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { Journeys } from '../journey-store.ts'

/**
 * Types of the steps that several journeys share: identification, the proofs, the guard. Each journey passes its own
 * definition, and no shared step depends on a particular journey.
 */
export type JourneyDefinition<Step extends string> = {
  /** Part of the text keys of the first page: `choose.<journey>`. */
  readonly journey: 'password' | 'identifier' | 'activation'
  /** The page of each state: a state without a page does not compile. */
  readonly pages: Readonly<Record<Step | 'stopped', RouteName>>
  /** The page of each proof of recovery; absent in a journey that asks for none. */
  readonly proofPages?: Readonly<Record<RecoveryKind, RouteName>>
  /** The first page, with four cards, and the identification form that each card opens. */
  readonly choose: StartRoute
  readonly identify: RouteName
  /** Titles of the steps, one after the other. */
  readonly stepTitles: readonly TextKey[]
}

/** The page of a state: of `prove`, that of the proof that was chosen. */
export function pageOfState<State extends { readonly step: string; readonly chosen?: unknown }>(
  { pages, proofPages }: Pick<JourneyDefinition<State['step']>, 'pages' | 'proofPages'>,
  state: State,
): RouteName {
  const chosen = state.step === 'prove' && proofPages?.[state.chosen as RecoveryKind]
  return chosen || pages[state.step as State['step']]
}

/** The part of a definition that pages use: where the journey begins and the titles of its steps. */
export type JourneyOutline = Omit<JourneyDefinition<string>, 'pages' | 'proofPages'>

/** Result of identification. An unknown person has `person: null` and gets the same pages. */
export type IdentificationResult = {
  readonly person: PersonId | null
  readonly numberKind: NumberKind
  readonly ineDoubt: boolean
  readonly accountStatus: AccountStatus
  /** That of the typed number, and those that the person has: the policy of each applies. */
  readonly populations?: readonly Population[]
  /** For the form of the new password; of an unknown person nothing, sealed too (`journey-login.ts`). */
  readonly sealedLogin?: string
}

/** Status of the directory entry at identification; never shown before the proof. */
export type AccountStatus = 'open' | 'closed' | 'privileged'

/** Why a journey ended before its last page. */
export type StoppedBecause =
  | 'journey-expired'
  | 'journey-superseded'
  | 'proof-replaced'
  | 'journey-ended'
  | 'account-privileged'
  | 'too-many-refusals'
  | 'account-active'
  | 'account-active-first-day'
  | 'factor-needed'
  | 'proofs-missing'
  | 'activation-elsewhere'

/**
 * The state in which a journey asks for proofs. What is still unmet is no part of it: it follows from the policy and from what the journey
 * has proved (`ProofPolicy`), whatever is chosen here.
 */
export type ProveState = IdentificationResult & {
  readonly step: 'prove'
  /** The proof whose page is shown; `null`: the person has yet to choose one. */
  readonly chosen?: RecoveryKind | null
  /** Another code was asked for: the page says so. */
  readonly askedAgain?: boolean
  /** Codes refused in this journey, whatever was chosen meanwhile. */
  readonly wrongCodes?: number
  /** Keyed digest of the joker's answer, once it was right and more is asked for. */
  readonly answerDigest?: string
  /** Keyed digest of the last refused answer: a double click of the same form does not count as a second try. */
  readonly refused?: string
  /** Number of answers refused in this journey. */
  readonly wrong?: number
}

/** The state in which a journey asks for the second factor: the policy is met, and `person` is known. */
export type SecondFactorState = {
  readonly step: 'second-factor'
  readonly person: PersonId
  readonly privileged: boolean
  readonly answerDigest: string
  /** When the first proof of this journey was given. */
  readonly provedAt: number
  /** Answers judged so far. */
  readonly wrong: number
  readonly populations?: readonly Population[] | undefined
  readonly sealedLogin?: string | undefined
}

/** The state in which a proved person chooses a password. `answerDigest`: keyed digest of the joker's answer, or empty. */
export type NewPasswordState = {
  readonly step: 'new-password'
  readonly person: PersonId
  readonly answerDigest: string
  /** The second factor that was used in this journey; it is recorded in the password's attempt. */
  readonly factor: ShownFactor | null
  /** When the first proof of this journey was given. */
  readonly provedAt: number
  readonly sealedLogin?: string | undefined
  /** Why the write of the last password was refused. */
  readonly problem?: string
  /** What the page shows of the last refused form, sealed (`refused-form.ts`). */
  readonly refusedForm?: string
}

export type WritingState = {
  readonly step: 'writing'
  readonly person: PersonId
  readonly answerDigest: string
  readonly factor: ShownFactor | null
  readonly provedAt: number
  readonly sealedLogin?: string | undefined
  readonly attempt: string
  /** Keyed digests of the password's parts, when the next step chooses a joker (see `candidate.ts`). */
  readonly substringDigests?: readonly string[]
}

export type StoppedState = { readonly step: 'stopped'; readonly why: StoppedBecause }

/** The dependencies of a proof. */
export type ProofStepDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly joker: Joker
  readonly recoveryCodes: PrintedProof
  readonly sentCodes: JourneyCodes
  readonly messages: Pick<MessageBudget, 'offered'>
  readonly helpdeskCodes: HelpdeskProof
  readonly passkeys: PasskeyProof
  readonly accessMethods: Pick<AccessMethods, 'settledBy' | 'unchangedUntil'>
  readonly policy: ProofPolicy
  readonly secondFactor: SecondFactor
  readonly freezes: Freezes
  readonly findBarriers: (holder: string, by: { db: Store['read'] }) => Promise<WriteBarriers>
  readonly knownBrowsers: KnownBrowsers
  readonly revocations: Pick<Revocations, 'lockPersonRow'>
  readonly notices: Notices
  readonly ui: (language: Language) => Ui
}

/** The dependencies of the shared steps, with the definition of their journey. */
export type StepDeps<State extends { step: string }, Event extends string> = ProofStepDeps & {
  readonly directory: Directory
  readonly rateLimiter: RateLimiter
  readonly journeys: Journeys<State, Event>
  readonly definition: JourneyDefinition<State['step']>
}
