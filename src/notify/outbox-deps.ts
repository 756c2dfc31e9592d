import type { Audit } from '../audit/audit.ts'
import { type Clock, minutes, seconds } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Directory, PersonId } from '../directory/directory.ts'
import { backOff } from '../jobs/back-off.ts'
import type { Limits } from '../limits/limits.ts'
import type { Store, Tx } from '../store/store.ts'
import type { MailRows } from './mail-rows.ts'
import type { CodeToSend, Compose, MadeCode } from './outbox-types.ts'
import type { SmsGateway } from './sms.ts'
import type { MailTransport } from './transport.ts'

export type OutboxDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly keys: Keys
  readonly limits: Limits
  readonly directory: Directory
  readonly transport: MailTransport
  readonly gateway: SmsGateway
  readonly deskAddress: string
  /** The recovery addresses that this person confirmed: they get the same mails as the addresses of the directory. */
  readonly confirmedMails: (person: PersonId) => Promise<readonly string[]>
  /** The contacts by which this person proves who they are. */
  readonly provingContacts: (
    person: PersonId,
    kind: 'mail' | 'mobile',
  ) => Promise<readonly { readonly id: string; readonly to: string }[]>
  /** The code of a journey, made once; `null`: it was made already, was used, or has expired. */
  readonly makeCode: (tx: Tx, request: string, contacts: readonly string[]) => Promise<MadeCode | null>
  /** Those to whom the code of a journey may go: the limits of the person and of each destination. */
  readonly admitCode: (tx: Tx, code: CodeToSend) => Promise<readonly string[]>
  /** Whether a freeze or a closed recovery refuses every code of this person. */
  readonly isRecoveryClosed: (person: PersonId) => Promise<boolean>
  /** Takes one text message of the daily budget; false: it is spent. */
  readonly takeMessage: (tx: Tx) => Promise<boolean>
  /** Whether this is still a recovery address of this person, and whether it was confirmed so recently that a stranger may have added it. */
  readonly isContact: (person: string, destinationDigest: string) => Promise<boolean>
  readonly isRecent: (person: string, destinationDigest: string) => Promise<boolean>
  readonly compose: Compose
}

export type OutboxContext = OutboxDeps & { readonly rows: MailRows }

const retryDelays = { first: seconds(5), longest: minutes(15) }

/** When a notice or a mail is tried again after so many tries. */
export const nextTry = (clock: Clock, tries: number) => clock.now() + backOff(retryDelays, tries)
