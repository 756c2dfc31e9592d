import type { NoticeKind } from './notify.ts'

/**
 * The mails that anyone can cause before a proof, by typing a number and a date: what is recorded of them is cut by retention, as what
 * caused them is (`audit/rolling.ts`), so that a stranger leaves no permanent row and displaces nothing in the journal. A new notice
 * that no proof precedes belongs here.
 */
const beforeProof: ReadonlySet<NoticeKind> = new Set([
  'desk-incident',
  'desk-messages',
  'joker-suspended',
  'proof-code',
  'proof-code-sent',
  'proof-code-sms',
])

/** The events of a mail that was sent or given up. */
export const mailEventsOf = (kind: NoticeKind) =>
  beforeProof.has(kind)
    ? ({ sent: 'mail.sent-before-proof', abandoned: 'mail.abandoned-before-proof' } as const)
    : ({ sent: 'mail.sent', abandoned: 'mail.abandoned' } as const)
