import type { AuditKind } from '../../audit/audit.ts'
import { eventsOf } from '../../audit/of-subject.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Store } from '../../store/store.ts'
import { isTextKey, type Say, type Values } from '../../texts/texts.ts'

/** One thing that was done to the account: what, by whom, when; `details` once retention has not erased them. */
export type JournalEntry = {
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly details: Readonly<Record<string, unknown>>
}

/** A kind without its sentence in both languages does not compile. */
const sentenceKey = (kind: AuditKind) => `journal.${kind}` as const

/** Newest first. */
export const readJournal = async (store: Store, person: PersonId, most: number): Promise<JournalEntry[]> => {
  const rows = await eventsOf(store, person, most)
  return rows.map(({ sequence, at, kind, actor, body }) => {
    const { salt: _, ...details } = JSON.parse(body ?? '{}') as Record<string, unknown>
    return { sequence, at, kind, actor, details }
  })
}

/** What happened, in words; an event of an older Sésame that this one does not know says so. */
export const sentenceOf = (say: Say, { kind, details }: JournalEntry) => {
  const key = sentenceKey(kind as AuditKind)
  const { address = '', device = '' } = details as Values
  const what = say(isTextKey(key) ? key : 'journal.unknown')
  const where = [device, address].filter(Boolean).join(', ')
  return where ? say('journal.with', { what, where }) : what
}

/** Who did it. Agents of the desk sign what they do; strangers are nobody. */
export const actorOf = (say: Say, { actor }: JournalEntry) => {
  if (actor.startsWith('person:')) return say('journal.by.you')
  if (actor.startsWith('operator:')) return say('journal.by.desk', { name: actor.slice('operator:'.length) })
  return say(actor === 'system' ? 'journal.by.system' : 'journal.by.anonymous')
}
