import type { Tx } from '../store/store.ts'
import { type NewMail, openMailFacts, sealMailFacts } from './mail-rows.ts'
import type { NoticeFacts } from './notify.ts'
import type { OutboxContext } from './outbox-deps.ts'
import { addEvent } from './outbox-types.ts'

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

/** Writes a mail, or adds its event to the one that waits with the same key. */
export async function writeOrMerge(context: OutboxContext, tx: Tx, mail: NewMail) {
  const { rows } = context
  const event = mail.facts.events[0]
  if (event && (await merge(context, tx, rows.mergeKeyOf(mail), event))) return
  await rows.write(tx, mail)
}
