import type { Store } from '../store/store.ts'

/** An event of somebody; `body` until retention erases the details. */
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

/**
 * What happened to an account, newest first: its own chain, and what the rolling chains hold of it from before a proof.
 * Within one millisecond a proof comes after what led to it.
 */
export const eventsOf = async ({ read }: Store, subject: string, most: number): Promise<SubjectEvent[]> => {
  const own = await newest(read, most)
    .where('audit_events.chain', '=', subject)
    .orderBy('audit_events.sequence', 'desc')
    .execute()
  const before = await newest(read, most)
    .where('audit_events.subject', '=', subject)
    .orderBy('audit_events.at', 'desc')
    .orderBy('audit_events.sequence', 'desc')
    .execute()
  return [...own, ...before].sort((a, b) => b.at - a.at).slice(0, most)
}
