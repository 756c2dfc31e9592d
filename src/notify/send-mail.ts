import { days, hours } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import { storedLanguage } from '../texts/texts.ts'
import { mailEventsOf } from './before-proof.ts'
import { openMailAddress, openMailFacts } from './mail-rows.ts'
import {
  goesBySms,
  goesToDesk,
  holdsCode,
  isHourly,
  isNoticeKind,
  isProofCode,
  isSentCode,
  type NoticeFacts,
  type NoticeKind,
} from './notify.ts'
import { nextTry, type OutboxContext } from './outbox-deps.ts'
import type { MailFacts } from './outbox-types.ts'

type MailRow = {
  id: string
  kind: string
  destination: string | null
  destination_digest: string
  limit_key: string
  facts: string | null
  language: string
  lease_until: number
  tries: number
  created_at: number
}

/** Returns the mail to `ready`, so that more events may be added to it until it is tried again. */
const postponeMail = ({ store }: OutboxContext, id: string, until: number) =>
  store.transaction(tx =>
    tx
      .updateTable('mails')
      .set({ state: 'ready', lease_until: until })
      .where('id', '=', id)
      .where('state', '=', 'sending')
      .execute(),
  )

/** When the rate limit with this key allows the next mail: in the past, or when the hourly and the daily limit are free again. */
async function nextAllowedAt({ store, clock, limits }: OutboxContext, kind: NoticeKind, key: string) {
  const now = clock.now()
  const perHour = isHourly(kind) ? 1 : limits.mailsPerHour
  const sent = await store.read
    .selectFrom('mails')
    .select('sent_at')
    .where('limit_key', '=', key)
    .where('state', '=', 'sent')
    .where('sent_at', '>', now - days(1))
    .orderBy('sent_at', 'desc')
    .limit(limits.mailsPerDay)
    .execute()
  const nthNewest = (n: number) => sent[n - 1]?.sent_at ?? 0
  return Math.max(nthNewest(perHour) + hours(1), nthNewest(limits.mailsPerDay) + days(1))
}

/** When what the mail reports happened, so that the journal tells the mail with it; and what its subject says of a time. */
const reportedBy = ({ kind }: MailRow, event: NoticeFacts | undefined) => ({
  ...(event && { happened: event.at }),
  ...(kind === 'password-expiring' && event?.until && { until: event.until }),
})

const finish = (
  { store, clock, audit }: OutboxContext,
  mail: MailRow & { readonly kind: NoticeKind },
  state: 'sent' | 'abandoned',
  { person, events }: MailFacts,
) =>
  store.transaction(async tx => {
    const now = clock.now()
    const updated = await tx
      .updateTable('mails')
      .set({ state, destination: null, facts: null, sent_at: now, lease_until: Number.MAX_SAFE_INTEGER })
      .where('id', '=', mail.id)
      .where('state', '=', 'sending')
      .executeTakeFirst()
    if (updated.numUpdatedRows !== 1n) return
    await audit.append(tx, {
      chain: person ?? 'system',
      kind: mailEventsOf(mail.kind)[state],
      by: { kind: 'system' },
      details: { mail: mail.id, notice: mail.kind, ...reportedBy(mail, events.at(-1)) },
    })
  })

/**
 * Whether to give up: the server refused the mail for good, or its last event is four days old. Mails to the helpdesk are never
 * abandoned: they are few, and no one else would notice their loss while the server or the helpdesk's address is wrong.
 */
const shouldAbandon = (
  { clock }: OutboxContext,
  { kind, created_at }: MailRow,
  facts: MailFacts,
  refusedForGood: boolean,
) =>
  !goesToDesk(kind as NoticeKind) &&
  (refusedForGood || clock.now() - (facts.gatheredAt ?? created_at) > days(4))

/** Renders the mail and sends it. Returns the answer of the mail server or the SMS gateway. */
async function transmit(context: OutboxContext, mail: MailRow, kind: NoticeKind, facts: MailFacts) {
  const { id } = mail
  const to = openMailAddress(context.keys, { id, destination: mail.destination ?? '' })
  const language = storedLanguage(mail.language)
  const { destination_digest: destinationDigest } = mail
  const written = await context.compose({ kind, facts, language, destinationDigest })
  return goesBySms(kind)
    ? context.gateway.send({ id, to, text: written.text })
    : context.transport.send({ id, to, ...written })
}

/** Whether its code has expired or is refused, or its recovery address was removed, since the mail was created. */
async function isObsolete(
  { clock, isContact, isRecoveryClosed }: OutboxContext,
  mail: MailRow,
  kind: NoticeKind,
  { person, from, events }: MailFacts,
) {
  // A gateway that is back after days must not send, and charge for, an expired code.
  if (holdsCode(kind) && (events[0]?.until ?? Number.POSITIVE_INFINITY) <= clock.now()) return true
  // Frozen, or closed by « Ce n'est pas moi », since it was written: no code is accepted any more.
  if (isProofCode(kind) && (await isRecoveryClosed((person ?? '') as PersonId))) return true
  // A recovery address that the person removed must not receive mails about the account any more.
  return from === 'contact' && !(await isContact(person ?? '', mail.destination_digest))
}

/** Sends a claimed mail and erases its content, or postpones it: a rate limit is reached, or the mail was not accepted. */
export async function sendMail(context: OutboxContext, id: string) {
  const { store, clock, keys } = context
  const mail = await store.read.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst()
  if (!mail?.destination || !mail.facts || !isNoticeKind(mail.kind)) return
  const { kind } = mail
  const claimed = { ...mail, kind }
  const facts = openMailFacts(keys, { id, facts: mail.facts })
  if (await isObsolete(context, mail, kind, facts)) return finish(context, claimed, 'abandoned', facts)
  const at = isSentCode(kind) ? 0 : await nextAllowedAt(context, kind, mail.limit_key)
  if (at > clock.now()) return void (await postponeMail(context, id, at))
  const sent = await transmit(context, mail, kind, facts)
  if (sent.ok) return finish(context, claimed, 'sent', facts)
  if (shouldAbandon(context, mail, facts, sent.reason === 'mail-refused'))
    return finish(context, claimed, 'abandoned', facts)
  await postponeMail(context, id, nextTry(clock, mail.tries))
}
