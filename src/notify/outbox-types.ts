import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Directory, PersonId } from '../directory/directory.ts'
import type { Keys } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Store } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import type { NoticeFacts, NoticeKind } from './notify.ts'
import type { SmsGateway } from './sms.ts'
import type { MailTransport } from './transport.ts'

export type RenderedMail = { readonly subject: string; readonly html: string; readonly text: string }

/** What one mail tells: grouped notices are several events for one destination. */
export type MailFacts = {
  readonly person: string | null
  readonly name: string
  readonly login: string
  /**
   * Where the address was known from when the mail was written: the directory, or a contact of the person, who may have
   * removed it since. Absent: the caller named it, and its mail never freezes an account.
   */
  readonly from?: 'directory' | 'contact'
  /** The newest of them, the oldest first. */
  readonly events: readonly NoticeFacts[]
  /** How many older ones it tells by their count alone: a row must not grow while a mail server is away. */
  readonly older?: number
  /** When the last one came. */
  readonly gatheredAt?: number
}

/** One more event in a mail that waits, of which at most `most` are told one by one. */
export const addEvent = (
  facts: MailFacts,
  event: NoticeFacts,
  { most, now }: { most: number; now: number },
): MailFacts => {
  const all = [...facts.events, event]
  const kept = all.slice(-most)
  return { ...facts, events: kept, older: (facts.older ?? 0) + all.length - kept.length, gatheredAt: now }
}

/** Writes the mail. It may make a single-use token: a mail tried again carries a fresh one. */
export type Compose = (mail: {
  readonly kind: NoticeKind
  readonly facts: MailFacts
  readonly language: Language
  readonly destinationDigest: string
}) => Promise<RenderedMail>

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
  /** The recovery addresses that this person confirmed: they are told what the directory's addresses are told. */
  readonly confirmedMails: (person: PersonId) => Promise<readonly string[]>
  /** Whether this is still a recovery address of this person. */
  readonly isContact: (person: string, destinationDigest: string) => Promise<boolean>
  readonly compose: Compose
}
