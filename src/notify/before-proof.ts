import type { NoticeKind } from './notify.ts'

/**
 * True for the mails that anyone can cause before a proof, by typing a number and a date: what is recorded of them is cut by retention,
 * as what caused them is (`audit/rolling.ts`), so that a stranger leaves no permanent row and displaces nothing in the journal. A new
 * notice does not compile until it is added here.
 */
const beforeProof = {
  'account-activated': false,
  'account-frozen': false,
  'activation-code': false,
  'address-added': false,
  'address-removed': false,
  'authenticator-added': false,
  'authenticator-removed': false,
  code: false,
  'code-sms': false,
  'desk-audit-head': false,
  'desk-freeze-refused': false,
  'desk-frozen': false,
  'desk-incident': true,
  'desk-messages': true,
  'desk-service-failed': false,
  'helpdesk-code': false,
  'identifier-told': false,
  'joker-changed': false,
  'joker-removed': false,
  'joker-suspended': true,
  'passkey-added': false,
  'passkey-removed': false,
  'password-changed': false,
  'password-changed-signed-in': false,
  'password-expiring': false,
  'proof-code': true,
  'proof-code-sent': true,
  'proof-code-sms': true,
  'recovery-closed': false,
  'recovery-code-used': false,
  'recovery-codes-added': false,
  'recovery-codes-removed': false,
  'recovery-codes-voided': false,
} as const satisfies Record<NoticeKind, boolean>

/** The events of a mail that was sent or given up. */
export const mailEventsOf = (kind: NoticeKind) =>
  beforeProof[kind]
    ? ({ sent: 'mail.sent-before-proof', abandoned: 'mail.abandoned-before-proof' } as const)
    : ({ sent: 'mail.sent', abandoned: 'mail.abandoned' } as const)
