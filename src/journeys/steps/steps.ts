import type { Freezes } from '../../account/freezes.ts'
import type { KnownBrowsers } from '../../account/known-browsers.ts'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Directory, NumberKind, PersonId } from '../../directory/directory.ts'
import type { Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Notices } from '../../notify/notify.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import type { SecondFactor } from '../../proofs/second-factor/second-factor.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { RouteName } from '../../routes.ts'
import type { Store } from '../../store/store.ts'
import type { Language, TextKey } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { RateLimiter } from '../../web/rate-limiter.ts'
import type { Journeys } from '../journey.ts'

/**
 * The steps that several journeys share: identification, the joker, the guard. Each journey gives them its definition; none
 * of them knows what it is a step of.
 */
export type JourneyDefinition<Step extends string> = {
  /** Key of the first sentences: `choose.<journey>`. */
  readonly journey: 'password' | 'identifier' | 'activation'
  /** The page of each state: a state without a page does not compile. */
  readonly pages: Readonly<Record<Step | 'stopped', RouteName>>
  /** Where it begins: the four cards, then the form behind each of them. */
  readonly choose: RouteName
  readonly identify: RouteName
  /** Titles of the steps, one after the other. */
  readonly stepTitles: readonly TextKey[]
}

/** A definition as pages see it: where the journey begins and what its steps are called. */
export type JourneyOutline = Omit<JourneyDefinition<string>, 'pages'>

/** What identification learnt. Somebody unknown is `person: null` and walks the same pages. */
export type IdentificationResult = {
  readonly person: PersonId | null
  readonly number: NumberKind
  readonly ineDoubt: boolean
  readonly accountStatus: AccountStatus
}

/** What the directory said of the entry at identification: told to nobody before the proof. */
export type AccountStatus = 'open' | 'ended' | 'privileged'

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
  | 'activation-elsewhere'

/** The state in which a journey asks for the joker. */
export type JokerState = IdentificationResult & {
  readonly step: 'joker'
  /** Mark of the last answer that was refused: a second click of the same form is not a second try. */
  readonly refused?: string
  /** Answers that were refused in this journey. */
  readonly wrong?: number
}

/** The state in which a journey asks for the second factor: the joker held, and `person` is known. */
export type SecondFactorState = {
  readonly step: 'second-factor'
  readonly person: PersonId
  readonly privileged: boolean
  readonly mark: string
  /** When the joker was answered. */
  readonly shownAt: number
  /** Answers judged so far. */
  readonly wrong: number
}

/** The state in which a proved person chooses a password. `answer`: mark of the joker's, where it was given. */
export type NewPasswordState = {
  readonly step: 'new-password'
  readonly person: PersonId
  readonly answer: string
  /** The second factor that was shown on the way here; it goes with the password's attempt. */
  readonly factor: ShownFactor | null
  /** When the first proof on the way here was shown. */
  readonly shownAt: number
  readonly problem?: string
}

export type WritingState = {
  readonly step: 'writing'
  readonly person: PersonId
  readonly answer: string
  readonly factor: ShownFactor | null
  readonly shownAt: number
  readonly attempt: string
  /** Marks of the password's parts, where the next step chooses a joker (see `candidate.ts`). */
  readonly passwordParts?: readonly string[]
}

export type StoppedState = { readonly step: 'stopped'; readonly why: StoppedBecause }

/** What a proof needs of the application. */
export type ProofDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly joker: Joker
  readonly secondFactor: SecondFactor
  readonly freezes: Freezes
  readonly knownBrowsers: KnownBrowsers
  readonly notices: Notices
  readonly ui: (language: Language) => Ui
}

/** What the shared steps need besides, and the definition of the journey that they are a step of. */
export type StepDeps<State extends { step: string }, Event extends string> = ProofDeps & {
  readonly directory: Directory
  readonly rateLimiter: RateLimiter
  readonly journeys: Journeys<State, Event>
  readonly definition: JourneyDefinition<State['step']>
}
