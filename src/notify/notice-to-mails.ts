import type { PersonId } from '../directory/directory.ts'
import type { Tx } from '../store/store.ts'
import { storedLanguage } from '../texts/texts.ts'
import { addressCode } from './code-notice.ts'
import { type NewMail, openMailFacts, sealMailFacts } from './mail-rows.ts'
import { goesToDesk, isNoticeKind, isProofCode, type NoticeFacts, type NoticeKind } from './notify.ts'
import { nextTry, type OutboxContext } from './outbox-deps.ts'
import { addEvent } from './outbox-types.ts'

/** The known addresses of the person, or the helpdesk's; `null` while the directory is unavailable. */
async function recipientsOf(context: OutboxContext, kind: NoticeKind, person: string | null) {
  const { directory, rows } = context
  const found = person ? await directory.read(person as PersonId) : ({ ok: true, person: null } as const)
  if (!found.ok) return null
  const { displayName = '', login = '', addresses = [] } = found.person ?? {}
  const confirmed = found.person ? await context.confirmedMails(found.person.id) : []
  const own = new Set(addresses.map(rows.digestOf))
  const known = [
    ...addresses.map(to => ({ to, from: 'directory' as const })),
    ...confirmed.filter(to => !own.has(rows.digestOf(to))).map(to => ({ to, from: 'contact' as const })),
  ]
  return {
    name: displayName,
    login,
    addresses: goesToDesk(kind) ? [{ to: context.deskAddress }] : known,
  }
}

/** Adds an event to a mail that was not sent yet. A mail that is being sent is not changed. Returns whether it was added. */
async function merge({ clock, limits, keys }: OutboxContext, tx: Tx, key: string, event: NoticeFacts) {
  const waiting = await tx
    .selectFrom('mails')
    .select(['id', 'facts'])
    .where('merge_key', '=', key)
    .where('state', '=', 'ready')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()
  if (!waiting?.facts) return false
  const facts = openMailFacts(keys, { id: waiting.id, facts: waiting.facts })
  const merged = addEvent(facts, event, { most: limits.eventsPerMail, now: clock.now() })
  const changed = await tx
    .updateTable('mails')
    .set({ facts: sealMailFacts(keys, waiting.id, merged) })
    .where('id', '=', waiting.id)
    .where('state', '=', 'ready')
    .where('facts', '=', waiting.facts)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

async function insertMail(context: OutboxContext, tx: Tx, mail: NewMail) {
  const { rows } = context
  const event = mail.facts.events[0]
  if (event && (await merge(context, tx, rows.mergeKeyOf(mail), event))) return
  await rows.write(tx, mail)
}

const postponeNotice = ({ store }: OutboxContext, id: string, until: number) =>
  store.transaction(tx =>
    tx.updateTable('notices').set({ lease_until: until }).where('id', '=', id).execute(),
  )

/** Turns a notice into mails; while the directory is unavailable, the notice is postponed. */
export async function addressNotice(context: OutboxContext, id: string) {
  const { store, clock } = context
  const notice = await store.read.selectFrom('notices').selectAll().where('id', '=', id).executeTakeFirst()
  if (!notice || !isNoticeKind(notice.kind)) return
  const { kind, person, facts } = notice
  const language = storedLanguage(notice.language)
  const noticeFacts = JSON.parse(facts) as NoticeFacts
  const postpone = () => postponeNotice(context, id, nextTry(clock, notice.tries))
  if (isProofCode(kind)) {
    const addressed = await addressCode(context, { id, kind, person, language, facts: noticeFacts })
    if (!addressed) await postpone()
    return
  }
  const to = await recipientsOf(context, kind, person)
  if (!to) return void (await postpone())
  const event = goesToDesk(kind) ? { ...noticeFacts, login: to.login } : noticeFacts
  await store.transaction(async tx => {
    const deleted = await tx.deleteFrom('notices').where('id', '=', id).executeTakeFirst()
    if (deleted.numDeletedRows !== 1n) return
    for (const { to: address, ...source } of to.addresses)
      await insertMail(context, tx, {
        kind,
        to: address,
        language,
        facts: { person, name: to.name, login: to.login, events: [event], ...source },
      })
  })
}
