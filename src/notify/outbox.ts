import { backOff } from '../back-off.ts'
import { days, hours, minutes, seconds } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import { seal, unseal } from '../keys.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import { mailRowsWith, type NewMail } from './mail-rows.ts'
import { goesBySms, goesToDesk, isNoticeKind, type NoticeFacts, type NoticeKind } from './notify.ts'
import type { MailFacts, OutboxParts } from './outbox-parts.ts'

type MailRow = {
  id: string
  kind: string
  destination: string | null
  destination_digest: string
  facts: string | null
  language: string
  lease_until: number
  tries: number
}

/** Thirty seconds longer than an SMTP server may take (`smtp.ts`): no other process sends a mail that is being sent. */
const lease = minutes(1)
const largestRound = 200
const patience = { first: seconds(5), longest: minutes(15) }

/**
 * Two steps, each a row claimed by compare-and-set, so that several processes send each mail once and a kill loses
 * none: a notice becomes one mail for each known address; a mail leaves, and only then its content is erased.
 */
export const openOutbox = (parts: OutboxParts) => {
  const { store, clock, directory, keys, transport, limits, audit } = parts
  const sealKey = keys.of('seal-mail')
  const rows = mailRowsWith({ keys, clock })

  const recipientsOf = async (kind: NoticeKind, person: string | null) => {
    const found = person ? await directory.read(person as PersonId) : ({ ok: true, person: null } as const)
    if (!found.ok) return null
    const { displayName = '', login = '', addresses = [] } = found.person ?? {}
    const known = [...addresses, ...(found.person ? await parts.confirmedMails(found.person.id) : [])]
    return {
      name: displayName,
      login,
      addresses: goesToDesk(kind) ? [parts.deskAddress] : [...new Set(known)],
    }
  }

  const merge = async (tx: Tx, kind: NoticeKind, digest: string, event: NoticeFacts) => {
    const waiting = await tx
      .selectFrom('mails')
      .selectAll()
      .where('destination_digest', '=', digest)
      .where('kind', '=', kind)
      .where('state', '=', 'ready')
      .where('lease_until', '>', clock.now() + lease)
      .executeTakeFirst()
    if (!waiting?.facts) return false
    const facts = JSON.parse(unseal(sealKey, `mails.facts.${waiting.id}`, waiting.facts)) as MailFacts
    const merged = seal(
      sealKey,
      `mails.facts.${waiting.id}`,
      JSON.stringify({ ...facts, events: [...facts.events, event] }),
    )
    const changed = await tx
      .updateTable('mails')
      .set({ facts: merged })
      .where('id', '=', waiting.id)
      .where('state', '=', 'ready')
      .where('lease_until', '=', waiting.lease_until)
      .executeTakeFirst()
    return changed.numUpdatedRows === 1n
  }

  const insertMail = async (tx: Tx, mail: NewMail) => {
    const digest = rows.digestOf(mail.to)
    const event = mail.facts.events[0]
    if (event && (await merge(tx, mail.kind, digest, event))) return
    await rows.write(tx, mail)
  }

  /** The next row that is due, for this process alone until its lease ends. */
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
      return claimed?.id ?? null
    })

  /** Works off what is due, a row at a time: a lease must not run out on a row that only waits for its turn. */
  const workOff = async (table: 'notices' | 'mails', work: (id: string) => Promise<unknown>) => {
    for (let done = 0; done < largestRound; done += 1) {
      const id = await claimFrom(table)
      if (id === null) return done
      await work(id)
    }
    return largestRound
  }

  const postpone = (table: 'notices' | 'mails', id: string, until: number) =>
    store.transaction(tx => tx.updateTable(table).set({ lease_until: until }).where('id', '=', id).execute())

  /** A notice becomes mails; when the directory is away it waits. */
  const address = async (id: string) => {
    const notice = await store.read.selectFrom('notices').selectAll().where('id', '=', id).executeTakeFirst()
    if (!notice || !isNoticeKind(notice.kind)) return
    const { kind, person, facts } = notice
    const language: Language = notice.language === 'en' ? 'en' : 'fr'
    const to = await recipientsOf(kind, person)
    if (!to) return void (await postpone('notices', id, clock.now() + backOff(patience, notice.tries)))
    const told = JSON.parse(facts) as NoticeFacts
    const event = goesToDesk(kind) ? { ...told, login: to.login } : told
    await store.transaction(async tx => {
      const taken = await tx.deleteFrom('notices').where('id', '=', id).executeTakeFirst()
      if (taken.numDeletedRows !== 1n) return
      for (const address of to.addresses)
        await insertMail(tx, {
          kind,
          to: address,
          language,
          facts: { person, name: to.name, login: to.login, events: [event] },
        })
    })
  }

  /** When this destination may receive its next mail: now, or when the hour or the day has room again. */
  const allowedAt = async (digest: string) => {
    const now = clock.now()
    const sent = await store.read
      .selectFrom('mails')
      .select('sent_at')
      .where('destination_digest', '=', digest)
      .where('state', '=', 'sent')
      .where('sent_at', '>', now - days(1))
      .orderBy('sent_at', 'desc')
      .limit(limits.mailsPerDay)
      .execute()
    const nth = (n: number) => sent[n - 1]?.sent_at ?? 0
    return Math.max(nth(limits.mailsPerHour) + hours(1), nth(limits.mailsPerDay) + days(1))
  }

  const finish = (mail: MailRow, state: 'sent' | 'abandoned', person: string | null) =>
    store.transaction(async tx => {
      const now = clock.now()
      const ended = await tx
        .updateTable('mails')
        .set({ state, destination: null, facts: null, sent_at: now, lease_until: Number.MAX_SAFE_INTEGER })
        .where('id', '=', mail.id)
        .where('state', '=', 'ready')
        .executeTakeFirst()
      if (ended.numUpdatedRows !== 1n) return
      await audit.append(tx, {
        chain: person ?? 'system',
        kind: state === 'sent' ? 'mail.sent' : 'mail.abandoned',
        by: { kind: 'system' },
        details: { mail: mail.id, notice: mail.kind },
      })
    })

  const send = async (id: string) => {
    const mail = await store.read.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst()
    if (!mail?.destination || !mail.facts || !isNoticeKind(mail.kind)) return
    const at = await allowedAt(mail.destination_digest)
    if (at > clock.now()) return void (await postpone('mails', id, at))
    const facts = JSON.parse(unseal(sealKey, `mails.facts.${id}`, mail.facts)) as MailFacts
    const to = unseal(sealKey, `mails.destination.${id}`, mail.destination)
    const language: Language = mail.language === 'en' ? 'en' : 'fr'
    const written = await parts.compose({
      kind: mail.kind,
      facts,
      language,
      destinationDigest: mail.destination_digest,
    })
    const sent = await (goesBySms(mail.kind)
      ? parts.gateway.send({ id, to, text: written.text })
      : transport.send({ id, to, ...written }))
    if (sent.ok) return finish(mail, 'sent', facts.person)
    const hopeless = sent.reason === 'mail-refused' || clock.now() - mail.created_at > days(4)
    if (hopeless) return finish(mail, 'abandoned', facts.person)
    await postpone('mails', id, clock.now() + backOff(patience, mail.tries))
  }

  return {
    /** One round: everything that is due, once. Returns how many rows it took up. */
    run: async () => (await workOff('notices', address)) + (await workOff('mails', send)),
  }
}
