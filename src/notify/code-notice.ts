import type { PersonId } from '../directory/directory.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import { knownAddressesOf } from './known-addresses.ts'
import { writeOrMerge } from './merged-mails.ts'
import { goesBySms, type NoticeFacts, type NoticeKind } from './notify.ts'
import type { OutboxContext } from './outbox-deps.ts'

type CodeNotice = {
  readonly id: string
  readonly kind: NoticeKind
  readonly person: string | null
  readonly language: Language
  readonly facts: NoticeFacts
}

/** An address that the directory names by now may be the mailbox that the password opens, whatever was confirmed before. */
async function mailsOf({ rows, provingContacts }: OutboxContext, id: PersonId, own: readonly string[]) {
  const mailboxes = new Set(own.map(rows.mailboxDigestOf))
  const confirmed = await provingContacts(id, 'mail')
  return confirmed.filter(({ to }) => !mailboxes.has(rows.mailboxDigestOf(to)))
}

/**
 * One mobile alone: a network's share of the budget counts one message for each code, whether or not there is a mobile. The last that
 * was confirmed, but none of the last weeks while there is an older one: a stranger may have added it.
 */
async function mobileOf({ rows, provingContacts, isRecent }: OutboxContext, id: PersonId) {
  const oldestFirst = await provingContacts(id, 'mobile')
  for (const mobile of oldestFirst.toReversed())
    if (!(await isRecent(id, rows.digestOf(mobile.to)))) return [mobile]
  return oldestFirst.slice(0, 1)
}

/** What the person confirmed of this kind: a code goes nowhere else. `null` while the directory is unavailable. */
async function recipientsOf(context: OutboxContext, { kind, person }: CodeNotice) {
  const none = { name: '', login: '', contacts: [], known: [] }
  if (person === null) return none
  const id = person as PersonId
  const found = await context.directory.read(id)
  if (!found.ok) return null
  if (!found.person || found.person.closed) return none
  // No code is accepted: it would only be a mail that strangers can cause.
  if (await context.isRecoveryClosed(id)) return none
  const { displayName: name, login, addresses } = found.person
  const contacts = goesBySms(kind) ? await mobileOf(context, id) : await mailsOf(context, id, addresses)
  return { name, login, contacts, known: await knownAddressesOf(context, found.person) }
}

/** Those to whom one goes: within the limits of each, and of text messages as many as the daily budget has left. */
async function admitted(
  context: OutboxContext,
  tx: Tx,
  { kind, facts }: CodeNotice,
  known: readonly string[],
) {
  const to = await context.admitCode(tx, { to: known, share: facts.share ?? 'others', at: facts.at })
  if (!goesBySms(kind)) return to
  const taken: string[] = []
  for (const one of to) if (await context.takeMessage(tx)) taken.push(one)
  return taken
}

/**
 * Makes the code of a journey and writes its mails, in the transaction that deletes the notice: a kill loses neither, and two
 * processes make one code. For a person who is unknown, or confirmed nothing, only the notice goes. Returns false where it must be tried
 * again.
 */
export async function addressCode(context: OutboxContext, notice: CodeNotice): Promise<boolean> {
  const { store, rows, makeCode } = context
  const { id, kind, person, language, facts } = notice
  const recipients = await recipientsOf(context, notice)
  if (!recipients) return false
  const { name, login, contacts, known } = recipients
  const to = contacts.map(contact => contact.to)
  await store.transaction(async tx => {
    const deleted = await tx.deleteFrom('notices').where('id', '=', id).executeTakeFirst()
    if (deleted.numDeletedRows !== 1n || to.length === 0 || !facts.request) return
    const within = await admitted(context, tx, notice, to)
    const ids = contacts.filter(contact => within.includes(contact.to)).map(contact => contact.id)
    const made = ids.length > 0 && (await makeCode(tx, facts.request, ids))
    if (!made) return
    const about = { person, name, login }
    const event = { ...facts, ...made }
    // Never merged with one that waits: two journeys have two codes.
    for (const address of within) {
      const withCode = { ...about, from: 'contact', events: [event] } as const
      await rows.write(tx, { kind, to: address, language, facts: withCode })
    }
    // Where the code goes may be what a stranger confirmed: every other address is warned, without the code.
    for (const { to: address, from } of known.filter(one => !within.includes(one.to))) {
      const warning = { ...about, from, events: [facts] }
      await writeOrMerge(context, tx, { kind: 'proof-code-sent', to: address, language, facts: warning })
    }
  })
  return true
}
