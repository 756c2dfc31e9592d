import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { hmac } from '../keys.ts'
import type { Tx } from '../store/store.ts'
import type { Actor, Audit, AuditEvent } from './audit.ts'

const actorText = (by: Actor) => {
  if (by.kind === 'person') return `person:${by.id}`
  return by.kind === 'operator' ? `operator:${by.name}` : by.kind
}

/** What a link is made of: change, remove or move any event, and the links from there on no longer hold. */
export type Linked = {
  readonly chain: string
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly digest: string
}

export const linkOf = (key: Buffer, event: Linked, previous: string) =>
  hmac(
    key,
    event.chain,
    String(event.sequence),
    String(event.at),
    event.kind,
    event.actor,
    event.digest,
    previous,
  )

/**
 * Details are personal and lie apart; the chain holds this digest of them. The random part inside keeps a short detail
 * from being guessed once the details themselves are erased.
 */
export const digestOfDetails = (key: Buffer, body: string) => hmac(key, 'details', body)

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

export const auditWith = (key: Buffer, clock: Clock): Audit => {
  const bodyOf = ({ details }: AuditEvent) =>
    JSON.stringify({ ...details, salt: randomBytes(9).toString('base64url') })

  return {
    append: async (tx, event) => {
      const { chain, kind } = event
      const head = await lockHead(tx, chain)
      const body = bodyOf(event)
      const linked = {
        chain,
        sequence: head.sequence + 1,
        at: clock.now(),
        kind,
        actor: actorText(event.by),
        digest: digestOfDetails(key, body),
      }
      const link = linkOf(key, linked, head.link)
      await tx
        .insertInto('audit_events')
        .values({ ...linked, link })
        .execute()
      const { sequence, at } = linked
      await tx.insertInto('audit_details').values({ chain, sequence, at, body }).execute()
      await tx.updateTable('audit_heads').set({ sequence, link }).where('chain', '=', chain).execute()
    },
  }
}
