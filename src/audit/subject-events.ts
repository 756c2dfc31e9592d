import { setImmediate } from 'node:timers/promises'
import type { Store } from '../store/store.ts'

/** An event about a subject; `body` holds the details, and is null once retention has erased them. */
export type SubjectEvent = {
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly body: string | null
}

const newest = (db: Store['read'], most: number) =>
  db
    .selectFrom('audit_events')
    .leftJoin('audit_details', join =>
      join
        .onRef('audit_details.chain', '=', 'audit_events.chain')
        .onRef('audit_details.sequence', '=', 'audit_events.sequence'),
    )
    .select(['audit_events.sequence', 'audit_events.at', 'kind', 'actor', 'body'])
    .limit(most)

const pageSize = 1_000

/** By pages, with a turn for other requests between them: SQLite reads in the thread of the portal. */
async function ownEvents({ read }: Store, subject: string, most: number) {
  const events: SubjectEvent[] = []
  for (;;) {
    const size = Math.min(pageSize, most - events.length)
    const page = await newest(read, size)
      .where('audit_events.chain', '=', subject)
      .where('audit_events.sequence', '<', events.at(-1)?.sequence ?? Number.MAX_SAFE_INTEGER)
      .orderBy('audit_events.sequence', 'desc')
      .execute()
    events.push(...page)
    if (page.length < size || events.length === most) return events
    await setImmediate()
  }
}

const eventsBeforeProof = ({ read }: Store, subject: string, most: number) =>
  newest(read, most)
    .where('audit_events.subject', '=', subject)
    .orderBy('audit_events.at', 'desc')
    .orderBy('audit_events.sequence', 'desc')
    .execute()

/** Most events of each kind, so that a stranger who knows a number cannot displace what its owner did by trying again and again. */
export type MostEvents = { readonly own: number; readonly beforeProof: number }

/**
 * The events of an account, newest first: those of its own chain, and those of the rolling chains from before a proof.
 * Within one millisecond, a proof counts as newer than the events that led to it.
 */
export async function eventsOf(store: Store, subject: string, most: MostEvents): Promise<SubjectEvent[]> {
  const own = await ownEvents(store, subject, most.own)
  const before = await eventsBeforeProof(store, subject, most.beforeProof)
  // Older ones may be older than an erasure that was not read.
  const since = own.length < most.own ? 0 : (own.at(-1)?.at ?? 0)
  const events = [...own, ...before.filter(({ at }) => at >= since)].sort((a, b) => b.at - a.at)
  // What came before an erasure belongs to the person who had the id then.
  const erased = events.findIndex(({ kind }) => kind === 'account.erased')
  return erased < 0 ? events : events.slice(0, erased)
}
