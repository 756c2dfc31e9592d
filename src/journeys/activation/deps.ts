import type { Contacts } from '../../identity/contacts.ts'
import type { RecoveryCheck } from '../../identity/recovery-means.ts'
import type { ActivationCodes } from '../../proofs/activation-code/activation-code.ts'
import type { DestinationKind } from '../../proofs/sent-code/destination.ts'
import type { MessageBudget } from '../../proofs/sent-code/messages.ts'
import type { DestinationReader } from '../../proofs/sent-code/read-destination.ts'
import type { Codes } from '../../proofs/sent-code/sent-code.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'
import type { Revocations } from '../../services/source/revocations.ts'
import type { StepDeps } from '../steps/steps.ts'
import type { Event, State } from './activation.ts'

/** What the steps of this journey use, by name: each picks its own. */
export type ActivationDeps = StepDeps<State, Event> & {
  readonly receipts: Receipts
  readonly activationCodes: ActivationCodes
  readonly recoveryCheck: RecoveryCheck
  /** Those that go by mail, and those that go to a mobile. */
  readonly codes: Readonly<Record<DestinationKind, Codes>>
  readonly contacts: Contacts
  /** Without text messages, the step of the mobile is left out. */
  readonly messages: Pick<MessageBudget, 'offered'>
  readonly readDestination: DestinationReader
  readonly freeQuestions: boolean
  readonly revocations: Pick<Revocations, 'lockPersonRow' | 'revokeProofs'>
}
