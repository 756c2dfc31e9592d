import type { AuditKind } from '../../audit/audit.ts'
import { eventsOf } from '../../audit/subject-events.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Store } from '../../store/store.ts'
import { isTextKey, type Say, type Values } from '../../texts/texts.ts'

/** One event of the account. `details` are empty once retention has erased them. */
export type JournalEntry = {
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly details: Readonly<Record<string, unknown>>
}

/** Typed so that an event kind without a text in both languages does not compile. */
const sentenceKey = (kind: AuditKind) => `journal.${kind}` as const

/** Newest first. */
export const readJournal = async (store: Store, person: PersonId, most: number): Promise<JournalEntry[]> => {
  const rows = await eventsOf(store, person, most)
  return rows.map(({ sequence, at, kind, actor, body }) => {
    const { salt: _, ...details } = JSON.parse(body ?? '{}') as Record<string, unknown>
    return { sequence, at, kind, actor, details }
  })
}

/** The text of the event; a kind that this version does not know has a text that says so. */
export const sentenceOf = (say: Say, { kind, details }: JournalEntry) => {
  const key = sentenceKey(kind as AuditKind)
  const { address = '', device = '' } = details as Values
  const what = say(isTextKey(key) ? key : 'journal.unknown')
  const where = [device, address].filter(Boolean).join(', ')
  return where ? say('journal.with', { what, where }) : what
}

/** Who did it: the person, an agent of the helpdesk by name, the system, or an anonymous visitor. */
export const actorOf = (say: Say, { actor }: JournalEntry) => {
  if (actor.startsWith('person:')) return say('journal.by.you')
  if (actor.startsWith('operator:')) return say('journal.by.desk', { name: actor.slice('operator:'.length) })
  return say(actor === 'system' ? 'journal.by.system' : 'journal.by.anonymous')
}
