import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { hmac } from '../keys.ts'
import { beforeCommit } from '../store/before-commit.ts'
import type { Tx } from '../store/store.ts'
import type { Actor, Audit, AuditEvent } from './audit.ts'
import { chainOf } from './rolling.ts'

const actorText = (by: Actor) => {
  if (by.kind === 'person') return `person:${by.id}`
  return by.kind === 'operator' ? `operator:${by.name}` : by.kind
}

/** What a link is made of: change, remove or move any event, and the links from there on no longer hold. */
export type LinkedEvent = {
  readonly chain: string
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly digest: string
  /** `null` where the chain's name says it, as in every event of before the rolling chains. */
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
 * Details are personal and lie apart; the chain holds this digest of them. The random part inside keeps a short detail
 * from being guessed once the details themselves are erased.
 */
export const digestOfDetails = (key: Buffer, body: string) => hmac(key, 'details', body)

export const bodyOf = (details: AuditEvent['details']) =>
  JSON.stringify({ ...details, salt: randomBytes(9).toString('base64url') })

/** An event that waits for its place in its chain. */
export type PendingEvent = Omit<LinkedEvent, 'sequence' | 'digest'> & { readonly body: string }

/** Takes the chain's head and keeps every other writer of it waiting until this transaction ends: no fork. */
const lockHead = (tx: Tx, chain: string) =>
  tx
    .insertInto('audit_heads')
    .values({ chain, sequence: 0, link: '' })
    .onConflict(conflict =>
      conflict.column('chain').doUpdateSet(eb => ({ sequence: eb.ref('audit_heads.sequence') })),
    )
    .returning(['sequence', 'link'])
    .executeTakeFirstOrThrow()

/**
 * Writes the events of one transaction, as its last statements. Heads are locked in the order of their names: whoever
 * writes several chains waits for another who does, never in a circle. Gives each chain's new head.
 */
export const writeEvents = async (tx: Tx, key: Buffer, events: readonly PendingEvent[]) => {
  const rows: (LinkedEvent & { link: string; body: string })[] = []
  const heads = new Map<string, { sequence: number; link: string }>()
  for (const chain of [...new Set(events.map(event => event.chain))].sort()) {
    let head = await lockHead(tx, chain)
    for (const { body, ...event } of events.filter(one => one.chain === chain)) {
      const linked = { ...event, sequence: head.sequence + 1, digest: digestOfDetails(key, body) }
      head = { sequence: linked.sequence, link: linkOf(key, linked, head.link) }
      rows.push({ ...linked, link: head.link, body })
    }
    heads.set(chain, head)
  }
  await tx
    .insertInto('audit_events')
    .values(rows.map(({ body: _, ...event }) => event))
    .execute()
  await tx
    .insertInto('audit_details')
    .values(rows.map(({ chain, sequence, at, body }) => ({ chain, sequence, at, body })))
    .execute()
  for (const [chain, head] of heads)
    await tx.updateTable('audit_heads').set(head).where('chain', '=', chain).execute()
  return heads
}

export const createAudit = (key: Buffer, clock: Clock): Audit => {
  const finish = (tx: Tx, events: readonly PendingEvent[]) => writeEvents(tx, key, events)
  return {
    append: async (tx, event) => {
      const { kind, by, details } = event
      beforeCommit(tx, finish, {
        ...chainOf(key, event),
        ...{ at: clock.now(), kind, actor: actorText(by), body: bodyOf(details) },
      })
    },
  }
}
