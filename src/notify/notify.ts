import type { Clock } from '../clock.ts'
import { newId } from '../keys.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'

/**
 * Tells people what happened to their account. A notice is a row of the caller's transaction: it exists exactly when
 * what it tells was committed. Addresses are read from the directory when the notice is carried out, so the store
 * keeps none meanwhile; nobody's notice (`person: null`) is a row like any other and ends there.
 */
export const noticeKinds = [
  'password-changed',
  'password-changed-signed-in',
  'joker-suspended',
  'joker-changed',
  'joker-removed',
  'address-added',
  'address-removed',
  'recovery-closed',
  'identifier-told',
  'account-activated',
  'activation-code',
  'code',
  'code-sms',
  'account-frozen',
  'authenticator-added',
  'authenticator-removed',
  'recovery-codes-added',
  'recovery-codes-removed',
  'recovery-codes-voided',
  'recovery-code-used',
  'passkey-added',
  'passkey-removed',
  'desk-frozen',
  'desk-freeze-refused',
  'desk-incident',
  'desk-service-failed',
  'desk-messages',
  'desk-audit-head',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** Goes to the helpdesk's address instead of the person's. */
export const goesToDesk = (kind: NoticeKind) => kind.startsWith('desk-')

/** Goes to a mobile, as its text alone. */
export const goesBySms = (kind: NoticeKind) => kind === 'code-sms'

/** A code that somebody asked for: counted where it was asked, by address, person and network. */
export const isSentCode = (kind: NoticeKind) => kind === 'code' || kind === 'code-sms'

/** Worth nothing once what it holds has ended. */
export const holdsCode = (kind: NoticeKind) => isSentCode(kind) || kind === 'activation-code'

export type NoticeFacts = {
  /** When what is told happened. */
  readonly at: number
  /** What is told: the « Ce n'est pas moi » of the mail is bound to it. */
  readonly event: string
  readonly until?: number
  /** Shown in this mail alone: a code to type. */
  readonly code?: string
  /** An address, so far as its owner knows it again. */
  readonly address?: string
  /** Of a service that failed: its id, the reason, and how many more people wait behind the same fault. */
  readonly service?: string
  readonly reason?: string
  readonly others?: number
  /** Of the day's text messages: how many were asked for, and how many there are. */
  readonly sent?: number
  readonly budget?: number
  /** Whom it is about, in mails to the desk: several may be told in one. */
  readonly login?: string
  readonly reference?: string
}

export type Notice = {
  readonly kind: NoticeKind
  readonly person: string | null
  readonly facts: NoticeFacts
  readonly language: Language
}

export const isNoticeKind = (value: string): value is NoticeKind =>
  (noticeKinds as readonly string[]).includes(value)

export const createNotices = (clock: Clock) => ({
  write: (tx: Tx, notice: Notice) =>
    tx
      .insertInto('notices')
      .values({
        id: newId(),
        kind: notice.kind,
        person: notice.person,
        facts: JSON.stringify(notice.facts),
        language: notice.language,
        lease_until: 0,
        tries: 0,
        created_at: clock.now(),
      })
      .execute(),
})

export type Notices = ReturnType<typeof createNotices>
