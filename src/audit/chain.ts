import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { hmac } from '../crypto/crypto.ts'
import { beforeCommit } from '../store/before-commit.ts'
import type { Tx } from '../store/store.ts'
import type { Actor, Audit, AuditEvent, AuditKind } from './audit.ts'
import { chainOf } from './rolling.ts'

const actorText = (by: Actor) => {
  if (by.kind === 'person') return `person:${by.id}`
  return by.kind === 'operator' ? `operator:${by.name}` : by.kind
}

/** The input of a link: when an event is changed, removed or moved, every link from there on becomes invalid. */
export type LinkedEvent = {
  readonly chain: string
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly digest: string
  /** `null` when the name of the chain is the subject, as in every event from before the rolling chains. */
  readonly subject: string | null
}

export const linkOf = (key: Buffer, event: LinkedEvent, previous: string) =>
  hmac(
    key,
    event.chain,
    String(event.sequence),
    String(event.at),
    event.kind,
    event.actor,
    event.digest,
    previous,
    ...(event.subject === null ? [] : [event.subject]),
  )

/**
 * Details are personal and stored separately; the chain has this digest of them. Their salt prevents a short detail from
 * being guessed from the digest once the details are erased.
 */
export const digestOfDetails = (key: Buffer, body: string) => hmac(key, 'details', body)

export const bodyOf = (details: AuditEvent['details']) =>
  JSON.stringify({ ...details, salt: randomBytes(9).toString('base64url') })

/** An event that has no sequence in its chain yet. */
export type PendingEvent = Omit<LinkedEvent, 'sequence' | 'digest'> & { readonly body: string }

/** Locks the chain's head until this transaction ends, so that the chain cannot fork. */
const lockHead = (tx: Tx, chain: string) =>
  tx
    .insertInto('audit_heads')
    .values({ chain, sequence: 0, link: '' })
    .onConflict(conflict =>
      conflict.column('chain').doUpdateSet(eb => ({ sequence: eb.ref('audit_heads.sequence') })),
    )
    .returning(['sequence', 'link'])
    .executeTakeFirstOrThrow()

type ChainHead = { readonly sequence: number; readonly link: string }
type LinkedRow = LinkedEvent & { readonly link: string; readonly body: string }

/** Links the events of one chain to its head. */
function linkEvents(key: Buffer, from: ChainHead, events: readonly PendingEvent[]) {
  const rows: LinkedRow[] = []
  let head = from
  for (const { body, ...event } of events) {
    const linked = { ...event, sequence: head.sequence + 1, digest: digestOfDetails(key, body) }
    head = { sequence: linked.sequence, link: linkOf(key, linked, head.link) }
    rows.push({ ...linked, link: head.link, body })
  }
  return { head, rows }
}

/** Moves the head, and locks it, if it is still where this process last saw it; false when it is not. */
async function moveHead(tx: Tx, chain: string, from: ChainHead, to: ChainHead) {
  const moved = await tx
    .updateTable('audit_heads')
    .set(to)
    .where('chain', '=', chain)
    .where('sequence', '=', from.sequence)
    .where('link', '=', from.link)
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}

/** The heads that this process wrote last; most chains are written by one process several times in a row. */
const createKnownHeads = () => {
  const most = 2000
  const heads = new Map<string, ChainHead>()
  return {
    get: (chain: string) => heads.get(chain),
    set: (chain: string, head: ChainHead) => {
      heads.delete(chain)
      const [oldest] = heads.keys()
      if (heads.size >= most && oldest !== undefined) heads.delete(oldest)
      heads.set(chain, head)
    },
  }
}

type KnownHeads = ReturnType<typeof createKnownHeads>

/**
 * Links the events of one chain, and moves its head. A head that is remembered wrongly (another process moved it, or the transaction
 * that wrote it was rolled back) is not moved: then the head is locked and read.
 */
async function appendTo(
  tx: Tx,
  key: Buffer,
  chain: string,
  events: readonly PendingEvent[],
  known: KnownHeads | null,
) {
  const remembered = known?.get(chain)
  const continued = remembered && linkEvents(key, remembered, events)
  if (continued && (await moveHead(tx, chain, remembered, continued.head))) return continued
  const read = await lockHead(tx, chain)
  const linked = linkEvents(key, read, events)
  await moveHead(tx, chain, read, linked.head)
  return linked
}

/**
 * Writes the events of one transaction, as its last statements. Heads are locked in the order of their names, so that
 * transactions that write several chains cannot deadlock. Returns each chain's new head.
 */
export async function writeEvents(
  tx: Tx,
  key: Buffer,
  events: readonly PendingEvent[],
  known: KnownHeads | null = null,
) {
  const rows: LinkedRow[] = []
  const heads = new Map<string, ChainHead>()
  for (const chain of [...new Set(events.map(event => event.chain))].sort()) {
    const own = events.filter(one => one.chain === chain)
    const linked = await appendTo(tx, key, chain, own, known)
    rows.push(...linked.rows)
    heads.set(chain, linked.head)
  }
  await tx
    .insertInto('audit_events')
    .values(rows.map(({ body: _, ...event }) => event))
    .execute()
  await tx
    .insertInto('audit_details')
    .values(rows.map(({ chain, sequence, at, body }) => ({ chain, sequence, at, body })))
    .execute()
  for (const [chain, head] of heads) known?.set(chain, head)
  return heads
}

/** `observe` is called with the kind of each event, for figures: also of one whose transaction is then rolled back. */
export const createAudit = (
  key: () => Buffer,
  clock: Clock,
  observe: (kind: AuditKind) => void = () => {},
): Audit => {
  const known = createKnownHeads()
  const finish = (tx: Tx, events: readonly PendingEvent[]) => writeEvents(tx, key(), events, known)
  return {
    append: async (tx, event) => {
      const { kind, by, details } = event
      observe(kind)
      beforeCommit(tx, finish, {
        ...chainOf(key(), event),
        at: clock.now(),
        kind,
        actor: actorText(by),
        body: bodyOf(details),
      })
    },
  }
}
