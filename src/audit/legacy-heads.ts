import { sql } from 'kysely'
import type { Store } from '../store/store.ts'
import type { ChainFault, EventRow } from './verify-chain.ts'

/** Before there were seals, an event recorded each minute the heads that had moved, in its details: `[chain, sequence, link]`. */
type RecordedHead = readonly [string, number, string]

const batchSize = 200

function recordedIn({ kind, body }: EventRow): readonly RecordedHead[] {
  if (kind !== 'system.heads' || body === null) return []
  try {
    const { heads } = JSON.parse(body) as { heads?: string }
    return JSON.parse(heads ?? '[]') as readonly RecordedHead[]
  } catch {
    // Altered details are reported because of their digest.
    return []
  }
}

async function linksNow(db: Store['read'], some: readonly RecordedHead[]) {
  const keys = sql.join(some.map(([chain, sequence]) => sql`(${chain}, cast(${sequence} as bigint))`))
  const rows = await db
    .selectFrom('audit_events')
    .select(['chain', 'sequence', 'link'])
    .where(sql<boolean>`(chain, sequence) in (values ${keys})`)
    .execute()
  return new Map(rows.map(({ chain, sequence, link }) => [`${sequence}:${chain}`, link]))
}

/** The heads that an event of an older version recorded must still be in their chains. */
export async function faultsOfLegacyHeads(db: Store['read'], events: readonly EventRow[]) {
  const broken: ChainFault[] = []
  for (const event of events) {
    const recorded = recordedIn(event)
    for (let from = 0; from < recorded.length; from += batchSize) {
      const some = recorded.slice(from, from + batchSize)
      const links = await linksNow(db, some)
      for (const [chain, sequence, link] of some)
        if (links.get(`${sequence}:${chain}`) !== link)
          broken.push({
            chain,
            sequence,
            why: `the chain was erased or cut back since system event ${event.sequence} recorded it`,
          })
    }
  }
  return broken
}
