import type { Language } from '../texts/texts.ts'
import type { CodeShare, NoticeFacts, NoticeKind } from './notify.ts'
import type { Mail } from './transport.ts'

/** A code as its mail shows it, and until when it is accepted. */
export type MadeCode = { readonly code: string; readonly until: number }

/** A code of a journey that the outbox is about to make. */
export type CodeToSend = {
  readonly to: readonly string[]
  readonly share: CodeShare
  /** When it was asked for. */
  readonly at: number
}

export type RenderedMail = Omit<Mail, 'id' | 'to'>

/** Content of one mail: it has several events when notices for one destination were merged. */
export type MailFacts = {
  readonly person: string | null
  readonly name: string
  readonly login: string
  /**
   * Source of the address when the mail was created: the directory, or a contact of the person, who may have removed it
   * since. Absent: the caller gave the address, and the link of the mail cannot freeze an account.
   */
  readonly from?: 'directory' | 'contact'
  /** The most recent events, the oldest of them first. */
  readonly events: readonly NoticeFacts[]
  /** Number of older events, which the mail only counts: a row must not grow while the mail server is unavailable. */
  readonly older?: number
  /** When the last event was added. */
  readonly gatheredAt?: number
}

/**
 * Adds an event to the facts of a mail that was not sent yet. At most `most` events are kept; of the older ones only the number
 * is kept.
 */
export const addEvent = (
  facts: MailFacts,
  event: NoticeFacts,
  { most, now }: { most: number; now: number },
): MailFacts => {
  const all = [...facts.events, event]
  const kept = all.slice(-most)
  return { ...facts, events: kept, older: (facts.older ?? 0) + all.length - kept.length, gatheredAt: now }
}

/** Renders the mail. It may create a single-use token: each try of a mail has a new one. */
export type Compose = (mail: {
  readonly kind: NoticeKind
  readonly facts: MailFacts
  readonly language: Language
  readonly destinationDigest: string
}) => Promise<RenderedMail>
