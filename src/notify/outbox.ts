import { days, hours, minutes, seconds } from '../clock.ts'
import { seal, unseal } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { backOff } from '../jobs/back-off.ts'
import type { Tx } from '../store/store.ts'
import { storedLanguage } from '../texts/texts.ts'
import { createMailRows, type NewMail } from './mail-rows.ts'
import {
  goesBySms,
  goesToDesk,
  holdsCode,
  isNoticeKind,
  isSentCode,
  type NoticeFacts,
  type NoticeKind,
} from './notify.ts'
import { addEvent, type MailFacts, type OutboxDeps } from './outbox-types.ts'

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

/** Thirty seconds longer than the time limit of an SMTP send (`smtp.ts`), so that no other process sends the same mail. */
const lease = minutes(1)
const roundSize = 200
const retryDelays = { first: seconds(5), longest: minutes(15) }

/**
 * Sends notices in two steps: a notice becomes one mail for each known address; a mail is sent, and only then its content
 * is erased. Each row is claimed by compare-and-set, so that several processes send each mail once and a kill loses none.
 */
export const createOutbox = (deps: OutboxDeps) => {
  const { store, clock, directory, keys, transport, limits, audit } = deps
  const sealKey = keys.of('seal-mail')
  const rows = createMailRows({ keys, clock })

  const recipientsOf = async (kind: NoticeKind, person: string | null) => {
    const found = person ? await directory.read(person as PersonId) : ({ ok: true, person: null } as const)
    if (!found.ok) return null
    const { displayName = '', login = '', addresses = [] } = found.person ?? {}
    const confirmed = found.person ? await deps.confirmedMails(found.person.id) : []
    const own = new Set(addresses.map(rows.digestOf))
    const known = [
      ...addresses.map(to => ({ to, from: 'directory' as const })),
      ...confirmed.filter(to => !own.has(rows.digestOf(to))).map(to => ({ to, from: 'contact' as const })),
    ]
    return {
      name: displayName,
      login,
      addresses: goesToDesk(kind) ? [{ to: deps.deskAddress }] : known,
    }
  }

  /** Adds an event to a mail that was not sent yet. A mail that is being sent is not changed. Returns whether it was added. */
  const merge = async (tx: Tx, key: string, event: NoticeFacts) => {
    const waiting = await tx
      .selectFrom('mails')
      .select(['id', 'facts'])
      .where('merge_key', '=', key)
      .where('state', '=', 'ready')
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst()
    if (!waiting?.facts) return false
    const sealContext = `mails.facts.${waiting.id}`
    const facts = JSON.parse(unseal(sealKey, sealContext, waiting.facts)) as MailFacts
    const merged = addEvent(facts, event, { most: limits.eventsPerMail, now: clock.now() })
    const changed = await tx
      .updateTable('mails')
      .set({ facts: seal(sealKey, sealContext, JSON.stringify(merged)) })
      .where('id', '=', waiting.id)
      .where('state', '=', 'ready')
      .where('facts', '=', waiting.facts)
      .executeTakeFirst()
    return changed.numUpdatedRows === 1n
  }

  const insertMail = async (tx: Tx, mail: NewMail) => {
    const event = mail.facts.events[0]
    if (event && (await merge(tx, rows.mergeKeyOf(mail), event))) return
    await rows.write(tx, mail)
  }

  /** Claims the next due row for this process until its lease ends. Returns its id, or null. */
  const claimFrom = (table: 'notices' | 'mails') =>
    store.transaction(async tx => {
      const now = clock.now()
      const claimed = await tx
        .updateTable(table)
        .set(eb => ({ lease_until: now + lease, tries: eb('tries', '+', 1) }))
        .where('id', '=', eb =>
          eb.selectFrom(table).select('id').where('lease_until', '<=', now).orderBy('created_at').limit(1),
        )
        .where('lease_until', '<=', now)
        .returning('id')
        .executeTakeFirst()
      if (!claimed) return null
      if (table === 'mails')
        await tx.updateTable('mails').set({ state: 'sending' }).where('id', '=', claimed.id).execute()
      return claimed.id
    })

  /** Claims and processes due rows one at a time: the lease of a row must not expire while it waits for the others. */
  const processDue = async (table: 'notices' | 'mails', work: (id: string) => Promise<unknown>) => {
    for (let done = 0; done < roundSize; done += 1) {
      const id = await claimFrom(table)
      if (id === null) return done
      await work(id)
    }
    return roundSize
  }

  const postponeNotice = (id: string, until: number) =>
    store.transaction(tx =>
      tx.updateTable('notices').set({ lease_until: until }).where('id', '=', id).execute(),
    )

  /** Returns the mail to `ready`, so that more events may be added to it until it is tried again. */
  const postponeMail = (id: string, until: number) =>
    store.transaction(tx =>
      tx
        .updateTable('mails')
        .set({ state: 'ready', lease_until: until })
        .where('id', '=', id)
        .where('state', '=', 'sending')
        .execute(),
    )

  /** Turns a notice into mails; while the directory is unavailable, the notice is postponed. */
  const addressNotice = async (id: string) => {
    const notice = await store.read.selectFrom('notices').selectAll().where('id', '=', id).executeTakeFirst()
    if (!notice || !isNoticeKind(notice.kind)) return
    const { kind, person, facts } = notice
    const language = storedLanguage(notice.language)
    const to = await recipientsOf(kind, person)
    if (!to) return void (await postponeNotice(id, clock.now() + backOff(retryDelays, notice.tries)))
    const noticeFacts = JSON.parse(facts) as NoticeFacts
    const event = goesToDesk(kind) ? { ...noticeFacts, login: to.login } : noticeFacts
    await store.transaction(async tx => {
      const deleted = await tx.deleteFrom('notices').where('id', '=', id).executeTakeFirst()
      if (deleted.numDeletedRows !== 1n) return
      for (const { to: address, ...source } of to.addresses)
        await insertMail(tx, {
          kind,
          to: address,
          language,
          facts: { person, name: to.name, login: to.login, events: [event], ...source },
        })
    })
  }

  /** When the rate limit with this key allows the next mail: in the past, or when the hourly and the daily limit are free again. */
  const nextAllowedAt = async (key: string) => {
    const now = clock.now()
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
    return Math.max(nthNewest(limits.mailsPerHour) + hours(1), nthNewest(limits.mailsPerDay) + days(1))
  }

  const finish = (mail: MailRow, state: 'sent' | 'abandoned', person: string | null) =>
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
        kind: state === 'sent' ? 'mail.sent' : 'mail.abandoned',
        by: { kind: 'system' },
        details: { mail: mail.id, notice: mail.kind },
      })
    })

  /**
   * Whether to give up: the server refused the mail for good, or its last event is four days old. Mails to the helpdesk are never
   * abandoned: they are few, and no one else would notice their loss while the server or the helpdesk's address is wrong.
   */
  const shouldAbandon = ({ kind, created_at }: MailRow, facts: MailFacts, refusedForGood: boolean) =>
    !goesToDesk(kind as NoticeKind) &&
    (refusedForGood || clock.now() - (facts.gatheredAt ?? created_at) > days(4))

  /** Renders the mail and sends it. Returns the answer of the mail server or the SMS gateway. */
  const transmit = async (mail: MailRow, kind: NoticeKind, facts: MailFacts) => {
    const { id } = mail
    const to = unseal(sealKey, `mails.destination.${id}`, mail.destination ?? '')
    const language = storedLanguage(mail.language)
    const { destination_digest: destinationDigest } = mail
    const written = await deps.compose({ kind, facts, language, destinationDigest })
    return goesBySms(kind)
      ? deps.gateway.send({ id, to, text: written.text })
      : transport.send({ id, to, ...written })
  }

  /** Whether its code has expired, or its recovery address was removed, since the mail was created. */
  const isObsolete = async (mail: MailRow, kind: NoticeKind, { person, from, events }: MailFacts) => {
    // A gateway that is back after days must not send, and charge for, an expired code.
    if (holdsCode(kind)) return (events[0]?.until ?? Number.POSITIVE_INFINITY) <= clock.now()
    // A recovery address that the person removed must not receive mails about the account any more.
    return from === 'contact' && !(await deps.isContact(person ?? '', mail.destination_digest))
  }

  const send = async (id: string) => {
    const mail = await store.read.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst()
    if (!mail?.destination || !mail.facts || !isNoticeKind(mail.kind)) return
    const { kind } = mail
    const facts = JSON.parse(unseal(sealKey, `mails.facts.${id}`, mail.facts)) as MailFacts
    if (await isObsolete(mail, kind, facts)) return finish(mail, 'abandoned', facts.person)
    const at = isSentCode(kind) ? 0 : await nextAllowedAt(mail.limit_key)
    if (at > clock.now()) return void (await postponeMail(id, at))
    const sent = await transmit(mail, kind, facts)
    if (sent.ok) return finish(mail, 'sent', facts.person)
    if (shouldAbandon(mail, facts, sent.reason === 'mail-refused'))
      return finish(mail, 'abandoned', facts.person)
    await postponeMail(id, clock.now() + backOff(retryDelays, mail.tries))
  }

  return {
    /** Runs one round: processes everything that is due once. Returns the number of rows processed. */
    run: async () => (await processDue('notices', addressNotice)) + (await processDue('mails', send)),
  }
}
