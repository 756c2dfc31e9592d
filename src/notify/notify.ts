import type { Clock } from '../clock.ts'
import { newId } from '../crypto/crypto.ts'
import type { Tx } from '../store/store.ts'
import { type Language, type TextKey, textKeys } from '../texts/texts.ts'

/**
 * Notices inform people of what happened to their account. A notice is a row in the caller's transaction: it exists exactly
 * when the event was committed. The addresses are read from the directory when the notice is processed, so that the store
 * has none before. A notice for an unknown person (`person: null`) is a row like any other, from which no mail follows.
 */
export const noticeKinds = textKeys.flatMap(key => {
  const kind = /^mail\.(.+)\.subject$/.exec(key)?.[1]
  return kind === undefined ? [] : [kind as NoticeKind]
})

/** Each notice has the subject of its mail in the texts, and is one of those. */
export type NoticeKind = KindOfSubject<TextKey>
type KindOfSubject<Key> = Key extends `mail.${infer Kind}.subject` ? Kind : never

/** The sentence that says when something was done, and from which device. */
export type WhenKey = 'mail.when' | 'mail.code.when'

/** How a notice becomes a mail. */
export type NoticeForm = {
  readonly paragraphs: readonly TextKey[]
  /** How it says when; absent: « C'était le … »; `null`: it tells of nothing that was done. */
  readonly when?: WhenKey | null
  /** Effect of its « Ce n'est pas moi » button; absent: it has none. */
  readonly notMe?: 'freeze' | 'close'
}

/** Whether it goes to the address of the helpdesk instead of the person's. */
export const goesToDesk = (kind: NoticeKind) => kind.startsWith('desk-')

/** Whether it is sent to a mobile as a text message. */
export const goesBySms = (kind: NoticeKind) => kind === 'code-sms' || kind === 'proof-code-sms'

/** Whether it carries a code of a journey, which is made with its mails, and sent only to what the person confirmed. */
export const isProofCode = (kind: NoticeKind) => kind === 'proof-code' || kind === 'proof-code-sms'

/** Whether it is a requested code. Its rate limits, by address, person and network, are applied at the request. */
export const isSentCode = (kind: NoticeKind) => kind === 'code' || kind === 'code-sms' || isProofCode(kind)

/** Whether a stranger can cause it again and again: after the first, one mail an hour reports all the others. */
export const isHourly = (kind: NoticeKind) => kind === 'proof-code-sent'

/** Whether it contains a code, and is thus obsolete once that has expired. */
export const holdsCode = (kind: NoticeKind) => isSentCode(kind) || kind === 'activation-code'

/**
 * Which count of a journey's codes one is in: of the known browsers of the person, of all other browsers, or of those that ask once these are used up.
 */
export type CodeShare = 'own' | 'others' | 'slow'

export type NoticeFacts = {
  /** When the event happened. */
  readonly at: number
  /** Id of the event, to which the « Ce n'est pas moi » link of the mail is bound. */
  readonly event: string
  /** The browser and system by which it was done (`web/device.ts`); '': unknown, or nobody's browser did it. */
  readonly device: string
  readonly until?: number
  /** A code to type, which is shown in this mail only. */
  readonly code?: string
  /** The row of a code that is made with its mails (`proofs/sent-code/journey-code.ts`). */
  readonly request?: string
  readonly share?: CodeShare
  /** An address, partly masked: its owner recognises it. */
  readonly address?: string
  /** A service that failed: its id, the reason, and how many more people wait because of the same fault. */
  readonly service?: string
  readonly reason?: string
  readonly others?: number
  /** Text messages of the day: how many were requested, and the daily budget. */
  readonly sent?: number
  readonly budget?: number
  /** Login of the person concerned, in mails to the helpdesk, which may report several people. */
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
