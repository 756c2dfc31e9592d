import { sql } from 'kysely'
import type { Store, Tx } from '../store/store.ts'

/** An event that the collector of the audit log has not taken yet. */
export type UnsentEvent = {
  readonly chain: string
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly subject: string | null
  readonly link: string
}

const mostChains = 200
const mostEvents = 500
const stream = 'syslog'

/** Which process sends, and the number of the last message; undefined before the first. */
export const readStream = (db: Store['read']) =>
  db.selectFrom('audit_stream').selectAll().where('id', '=', stream).executeTakeFirst()

/**
 * Begins at what is there now: a collector that is configured today gets what happens from today on. Of two processes that begin at once
 * one does it.
 */
export async function beginStream(tx: Tx) {
  const row = { id: stream, number: 0, holder: '', lease_until: 0 }
  const begun = await tx
    .insertInto('audit_stream')
    .values(row)
    .onConflict(conflict => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!begun) return
  await tx
    .insertInto('audit_sent_heads')
    .columns(['chain', 'sequence'])
    .expression(tx.selectFrom('audit_heads').select(['chain', 'sequence']))
    .execute()
}

const sentUpTo = sql<number>`coalesce(s.sequence, 0)`

/**
 * The events after the position of each chain, in the order of time; only of chains with an event since `since`, or of all. Whole
 * beginnings of chains: a position never skips an event.
 */
export async function readUnsent(db: Store['read'], since: number | null): Promise<readonly UnsentEvent[]> {
  const moved = await db
    .selectFrom('audit_heads as h')
    .leftJoin('audit_sent_heads as s', 's.chain', 'h.chain')
    .select('h.chain')
    .where('h.sequence', '>', sentUpTo)
    .$if(since !== null, query =>
      query.where('h.chain', 'in', eb =>
        eb
          .selectFrom('audit_events')
          .select('chain')
          .where('at', '>=', since ?? 0),
      ),
    )
    .limit(mostChains)
    .execute()
  if (moved.length === 0) return []
  const rows = await db
    .selectFrom('audit_events as e')
    .leftJoin('audit_sent_heads as s', 's.chain', 'e.chain')
    .select(['e.chain', 'e.sequence', 'e.at', 'e.kind', 'e.actor', 'e.subject', 'e.link'])
    .where(
      'e.chain',
      'in',
      moved.map(({ chain }) => chain),
    )
    .where('e.sequence', '>', sentUpTo)
    .orderBy('e.chain')
    .orderBy('e.sequence')
    .limit(mostEvents)
    .execute()
  return rows.toSorted((a, b) => a.at - b.at)
}

/** Takes the turn to send, or keeps it; gives the number of the last message, or null while another process has the turn. */
export async function claimStream(tx: Tx, holder: string, now: number, until: number) {
  const claimed = await tx
    .updateTable('audit_stream')
    .set({ holder, lease_until: until })
    .where('id', '=', stream)
    .where(eb => eb.or([eb('lease_until', '<', now), eb('holder', '=', holder)]))
    .returning('number')
    .executeTakeFirst()
  return claimed ? claimed.number : null
}

/** The collector has taken these events. */
export async function markSent(tx: Tx, events: readonly UnsentEvent[], holder: string, number: number) {
  const last = new Map<string, number>()
  for (const { chain, sequence } of events) last.set(chain, Math.max(sequence, last.get(chain) ?? 0))
  await tx
    .insertInto('audit_sent_heads')
    .values([...last].map(([chain, sequence]) => ({ chain, sequence })))
    .onConflict(conflict =>
      conflict.column('chain').doUpdateSet({ sequence: sql<number>`excluded.sequence` }),
    )
    .execute()
  await tx
    .updateTable('audit_stream')
    .set({ number, lease_until: 0 })
    .where('id', '=', stream)
    .where('holder', '=', holder)
    .execute()
}
