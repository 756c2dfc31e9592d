import type { AuditKind } from '../../audit/audit.ts'
import type { Tx } from '../../store/store.ts'
import type { DeliveryDeps } from './deliveries.ts'
import { type Delivery, type DeliveryFailure, unfinishedStates } from './delivery.ts'

type Change = Readonly<Record<string, string | number | null>> & { readonly lease_until?: number }

const free = { lease_holder: null, lease_until: 0 } as const

/**
 * How a claimed delivery ends, or is put back. Each verb takes effect only for whoever still holds the claim: somebody
 * whose lease ran out, or whose password was superseded meanwhile, changes nothing and shows no ✓.
 */
export const createDeliveryOutcomes = ({ store, clock, audit, targets }: DeliveryDeps) => {
  const followersOf = (service: string) =>
    targets.filter(({ reads }) => reads === service).map(({ id }) => id)

  /** The condition stands on the outer row: state, holder and writes as they were when it was claimed. */
  const change = async (tx: Tx, held: Delivery, values: Change) => {
    const changed = await tx
      .updateTable('deliveries')
      .set({ ...free, ...values })
      .where('id', '=', held.id)
      .where('state', 'in', unfinishedStates)
      .where('lease_holder', '=', held.holder)
      .where('writes', '=', held.writes)
      .executeTakeFirst()
    return changed.numUpdatedRows === 1n
  }

  const followers = (tx: Tx, held: Delivery, values: Change) => {
    const ids = followersOf(held.service)
    if (ids.length === 0) return null
    return tx
      .updateTable('deliveries')
      .set(values)
      .where('attempt', '=', held.attempt)
      .where('service', 'in', ids)
      .where('state', '=', 'waiting')
      .execute()
  }

  const tell = (tx: Tx, held: Delivery, kind: AuditKind, reason: string | null = null) =>
    audit.append(tx, {
      chain: held.person,
      kind,
      by: { kind: 'system' },
      details: { service: held.service, attempt: held.attempt, generation: held.generation, reason },
    })

  /**
   * Our write may have come after a newer one whose lease began when ours had run out (a process that was stopped
   * and woke up). The newer password is written again; where it is erased already, nobody may believe its ✓.
   */
  const putInOrder = async (tx: Tx, held: Delivery) => {
    const newest = await tx
      .selectFrom('deliveries')
      .selectAll()
      .where('person', '=', held.person)
      .where('service', '=', held.service)
      .orderBy('generation', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (!newest || newest.id === held.id || newest.writes === 0 || newest.state === 'failed') return
    const again = newest.sealed
      ? { state: 'waiting', due_at: clock.now(), writes: newest.writes + 1, written_at: null }
      : { state: 'failed', reason: 'service-overwritten' satisfies DeliveryFailure, desk_notified: 0 }
    await tx.updateTable('deliveries').set(again).where('id', '=', newest.id).execute()
  }

  const release = (tx: Tx, held: Delivery, values: Change) =>
    tx
      .updateTable('deliveries')
      .set({ ...free, lease_until: values.lease_until ?? 0 })
      .where('id', '=', held.id)
      .where('lease_holder', '=', held.holder)
      .execute()

  /** Takes effect, or puts right what came too late; true when it took effect. */
  const settle = (held: Delivery, values: Change, then: (tx: Tx, now: number) => Promise<unknown>) =>
    store.transaction(async tx => {
      const now = clock.now()
      if (await change(tx, held, values)) {
        await then(tx, now)
        return true
      }
      if (held.sent) await putInOrder(tx, held)
      await release(tx, held, values)
      return false
    })

  const settled = () => ({ sealed: null, settled_at: clock.now() })

  return {
    /** Counts a write before it leaves: a process that dies now leaves a row that says so. */
    beginWrite: async (held: Delivery): Promise<Delivery | null> => {
      const writes = held.writes + 1
      const begun = await store.transaction(tx =>
        change(tx, held, { writes, lease_holder: held.holder, lease_until: held.leaseUntil }),
      )
      return begun ? { ...held, writes, sent: true } : null
    },

    /** Written there, and proved by a login; whoever reads it may now be proved too. */
    proved: (held: Delivery, writtenAt: number, provedAt: number) =>
      settle(
        held,
        { state: 'proved', written_at: writtenAt, proved_at: provedAt, reason: null, ...settled() },
        async (tx, now) => {
          await followers(tx, held, { state: 'written', written_at: writtenAt, due_at: now })
          await tell(tx, held, 'delivery.proved')
        },
      ),

    /** Written there, not proved yet: tried again at `dueAt`. */
    written: (held: Delivery, writtenAt: number, dueAt: number, logins: number) =>
      settle(held, { state: 'written', written_at: writtenAt, due_at: dueAt, logins }, async (tx, now) => {
        await followers(tx, held, { state: 'written', written_at: writtenAt, due_at: now })
        if (held.state === 'waiting') await tell(tx, held, 'delivery.written')
      }),

    /** Nothing was done: taken up again at `dueAt`. */
    postpone: (held: Delivery, dueAt: number) => settle(held, { due_at: dueAt }, async () => {}),

    /**
     * Sent, and no answer came: a server may carry it out a while after we hung up. Nobody writes there meanwhile, so
     * that an old password cannot land upon a newer one.
     */
    awaitOutcome: (held: Delivery, until: number) =>
      settle(held, { due_at: until, lease_until: until }, async () => {}),

    fail: (held: Delivery, reason: DeliveryFailure) =>
      settle(held, { state: 'failed', reason, ...settled() }, async tx => {
        await followers(tx, held, { state: 'failed', reason, ...settled(), desk_notified: 1 })
        await tell(tx, held, 'delivery.failed', reason)
      }),

    /** The source holds another password by now: this one must not come back. */
    drop: (held: Delivery, reason: DeliveryFailure) =>
      settle(held, { state: 'dropped', reason, ...settled() }, async tx => {
        await followers(tx, held, { state: 'dropped', reason, ...settled() })
        await tell(tx, held, 'delivery.dropped', reason)
      }),
  }
}
