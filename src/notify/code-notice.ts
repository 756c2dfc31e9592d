import type { PersonId } from '../directory/directory.ts'
import type { Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'
import { goesBySms, type NoticeFacts, type NoticeKind } from './notify.ts'
import type { OutboxContext } from './outbox-deps.ts'

type CodeNotice = {
  readonly id: string
  readonly kind: NoticeKind
  readonly person: string | null
  readonly language: Language
  readonly facts: NoticeFacts
}

/** What the person confirmed of this kind: a code goes nowhere else. `null` while the directory is unavailable. */
async function recipientsOf(context: OutboxContext, { kind, person }: CodeNotice) {
  const none = { name: '', login: '', contacts: [] }
  if (person === null) return none
  const id = person as PersonId
  const found = await context.directory.read(id)
  if (!found.ok) return null
  if (!found.person || found.person.closed) return none
  const { displayName: name, login } = found.person
  const contacts = await context.provingContacts(id, goesBySms(kind) ? 'mobile' : 'mail')
  return { name, login, contacts }
}

/** Those to whom one goes: of text messages, as many as the daily budget has left. */
async function affordable(context: OutboxContext, tx: Tx, kind: NoticeKind, to: readonly string[]) {
  if (!goesBySms(kind)) return to
  const taken: string[] = []
  for (const one of to) if (await context.takeMessage(tx)) taken.push(one)
  return taken
}

/**
 * Makes the code of a journey and writes its mails, in the transaction that deletes the notice: a kill loses neither, and two
 * processes make one code. Of whoever is unknown, or confirmed nothing, only the notice goes. Returns false where it must be tried
 * again.
 */
export async function addressCode(context: OutboxContext, notice: CodeNotice): Promise<boolean> {
  const { store, rows, makeCode } = context
  const { id, kind, person, language, facts } = notice
  const recipients = await recipientsOf(context, notice)
  if (!recipients) return false
  const { name, login, contacts } = recipients
  const to = contacts.map(contact => contact.to)
  await store.transaction(async tx => {
    const deleted = await tx.deleteFrom('notices').where('id', '=', id).executeTakeFirst()
    if (deleted.numDeletedRows !== 1n || to.length === 0 || !facts.request) return
    const ids = contacts.map(contact => contact.id)
    const made = await makeCode(tx, facts.request, ids)
    if (!made) return
    const event = { ...facts, ...made }
    // Never merged with one that waits: two journeys have two codes.
    for (const address of await affordable(context, tx, kind, to))
      await rows.write(tx, {
        kind,
        to: address,
        language,
        facts: { person, name, login, from: 'contact', events: [event] },
      })
  })
  return true
}
