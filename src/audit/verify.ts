import type { Store } from '../store/store.ts'
import { digestOfDetails, linkOf } from './chain.ts'
import type { HeadsRecord } from './heads.ts'

export type Broken = { readonly chain: string; readonly sequence: number; readonly why: string }
export type Verified = {
  readonly chains: number
  readonly events: number
  readonly broken: readonly Broken[]
}

type EventRow = {
  chain: string
  sequence: number
  at: number
  kind: string
  actor: string
  digest: string
  link: string
}

const verifyChain = async (
  db: Store['read'],
  key: Buffer,
  chain: string,
  head: { sequence: number; link: string } | undefined,
) => {
  const events: EventRow[] = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('chain', '=', chain)
    .orderBy('sequence')
    .execute()
  const details = await db
    .selectFrom('audit_details')
    .select(['sequence', 'body'])
    .where('chain', '=', chain)
    .execute()
  const bodies = new Map(details.map(({ sequence, body }) => [sequence, body]))
  const broken = (sequence: number, why: string) => ({
    events,
    broken: { chain, sequence, why } as Broken | null,
  })

  let previous = { sequence: (events[0]?.sequence ?? 1) - 1, link: '' }
  for (const event of events) {
    if (event.sequence !== previous.sequence + 1 || (event.sequence === 1) !== (previous.sequence === 0))
      return broken(previous.sequence + 1, 'an event is missing')
    if (linkOf(key, event, previous.link) !== event.link)
      return broken(event.sequence, 'the event was altered, moved or inserted')
    const body = bodies.get(event.sequence)
    if (body !== undefined && digestOfDetails(key, body) !== event.digest)
      return broken(event.sequence, 'its details were altered')
    previous = event
  }
  if (events[0] && events[0].sequence !== 1) return broken(1, 'the first events are missing')
  if (!head) return broken(previous.sequence, 'the head of the chain is missing')
  if (head.sequence !== previous.sequence || head.link !== previous.link)
    return broken(previous.sequence + 1, 'the last events are missing')
  return { events, broken: null }
}

/** The heads that the system's chain once recorded must still stand in their chains: none vanishes unseen. */
const verifyHeads = (
  records: readonly { sequence: number; heads: HeadsRecord }[],
  all: ReadonlyMap<string, readonly EventRow[]>,
) => {
  for (const { sequence, heads } of records)
    for (const [chain, at, link] of heads)
      if (all.get(chain)?.[at - 1]?.link !== link)
        return {
          chain,
          sequence: at,
          why: `the chain was erased or cut back since system event ${sequence} recorded it`,
        }
  return null
}

const recordsOf = async (db: Store['read'], events: readonly EventRow[]) => {
  const rows = await db
    .selectFrom('audit_details')
    .select(['sequence', 'body'])
    .where('chain', '=', 'system')
    .execute()
  const bodies = new Map(rows.map(({ sequence, body }) => [sequence, body]))
  return events
    .filter(({ kind, sequence }) => kind === 'system.heads' && bodies.has(sequence))
    .map(({ sequence }) => {
      const { heads } = JSON.parse(bodies.get(sequence) ?? '{}') as { heads: string }
      return { sequence, heads: JSON.parse(heads) as HeadsRecord }
    })
}

const verifyAll = async (db: Store['read'], key: Buffer): Promise<Verified> => {
  const heads = await db.selectFrom('audit_heads').selectAll().execute()
  const chains = await db.selectFrom('audit_events').select('chain').distinct().execute()
  const names = [...new Set([...heads.map(({ chain }) => chain), ...chains.map(({ chain }) => chain)])].sort()
  const all = new Map<string, readonly EventRow[]>()
  const broken: Broken[] = []
  for (const chain of names) {
    const told = await verifyChain(
      db,
      key,
      chain,
      heads.find(head => head.chain === chain),
    )
    all.set(chain, told.events)
    if (told.broken) broken.push(told.broken)
  }
  const fault = verifyHeads(await recordsOf(db, all.get('system') ?? []), all)
  if (fault && !broken.some(({ chain }) => chain === fault.chain)) broken.push(fault)
  return {
    chains: names.length,
    events: [...all.values()].reduce((sum, events) => sum + events.length, 0),
    broken,
  }
}

/**
 * Reads every chain, at one instant of a store that goes on, and names the first broken link of each. Erased details
 * are no fault: retention asks for it.
 */
export const verifyAudit = (store: Store, key: Buffer): Promise<Verified> =>
  store.snapshot(db => verifyAll(db, key))
