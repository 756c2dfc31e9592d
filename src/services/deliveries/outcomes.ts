import type { AuditKind } from '../../audit/audit.ts'
import type { Tx } from '../../store/store.ts'
import { lockKnownPerson } from '../source/person-lock.ts'
import { type Delivery, type DeliveryFailure, unfinishedStates } from './delivery.ts'
import type { DeliveryDeps } from './delivery-deps.ts'

type Values = Readonly<Record<string, string | number | null>> & { readonly lease_until?: number }

const noLease = { lease_holder: null, lease_until: 0 } as const

const followersOf = ({ targets }: DeliveryDeps, service: string) =>
  targets.filter(({ reads }) => reads === service).map(({ id }) => id)

/** Updates the row only if its state, holder and number of writes are those of the claim. */
async function updateClaimed(tx: Tx, delivery: Delivery, values: Values) {
  const updated = await tx
    .updateTable('deliveries')
    .set({ ...noLease, ...values })
    .where('id', '=', delivery.id)
    .where('state', 'in', unfinishedStates)
    .where('lease_holder', '=', delivery.holder)
    .where('writes', '=', delivery.writes)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

function updateFollowers(deps: DeliveryDeps, tx: Tx, delivery: Delivery, values: Values) {
  const ids = followersOf(deps, delivery.service)
  if (ids.length === 0) return null
  return tx
    .updateTable('deliveries')
    .set(values)
    .where('attempt', '=', delivery.attempt)
    .where('service', 'in', ids)
    .where('state', '=', 'waiting')
    .execute()
}

const recordEvent = (
  { audit }: DeliveryDeps,
  tx: Tx,
  delivery: Delivery,
  kind: AuditKind,
  reason: string | null = null,
) =>
  audit.append(tx, {
    chain: delivery.person,
    kind,
    by: { kind: 'system' },
    details: {
      service: delivery.service,
      attempt: delivery.attempt,
      generation: delivery.generation,
      reason,
    },
  })

/**
 * Repairs the order after a late write: when a process was suspended, its write may have come after that of a newer delivery,
 * claimed once the lease had ended. The newer password is written again. When it is already erased, its delivery fails, since
 * its ✓ is no longer true.
 */
async function restoreNewest({ clock }: DeliveryDeps, tx: Tx, delivery: Delivery) {
  const newest = await tx
    .selectFrom('deliveries')
    .selectAll()
    .where('person', '=', delivery.person)
    .where('service', '=', delivery.service)
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!newest || newest.id === delivery.id || newest.writes === 0 || newest.state === 'failed') return
  const values = newest.sealed
    ? { state: 'waiting', due_at: clock.now(), writes: newest.writes + 1, written_at: null }
    : { state: 'failed', reason: 'service-overwritten' satisfies DeliveryFailure, desk_notified: 0 }
  await tx.updateTable('deliveries').set(values).where('id', '=', newest.id).execute()
}

const release = (tx: Tx, delivery: Delivery, values: Values) =>
  tx
    .updateTable('deliveries')
    .set({ ...noLease, lease_until: values.lease_until ?? 0 })
    .where('id', '=', delivery.id)
    .where('lease_holder', '=', delivery.holder)
    .execute()

/** Applies the outcome, or repairs the order when it comes too late; true when it took effect. */
const record = (
  deps: DeliveryDeps,
  delivery: Delivery,
  values: Values,
  then: (tx: Tx, now: number) => Promise<unknown>,
) =>
  deps.store.transaction(async tx => {
    // Followers and newer deliveries of the person are changed too.
    await lockKnownPerson(tx, delivery.person)
    const now = deps.clock.now()
    if (await updateClaimed(tx, delivery, values)) {
      await then(tx, now)
      return true
    }
    if (delivery.sent) await restoreNewest(deps, tx, delivery)
    await release(tx, delivery, values)
    return false
  })

const finished = ({ clock }: DeliveryDeps) => ({ sealed: null, settled_at: clock.now() })

async function beginWrite({ store }: DeliveryDeps, delivery: Delivery): Promise<Delivery | null> {
  const writes = delivery.writes + 1
  const begun = await store.transaction(tx =>
    updateClaimed(tx, delivery, {
      writes,
      lease_holder: delivery.holder,
      lease_until: delivery.leaseUntil,
    }),
  )
  return begun ? { ...delivery, writes, sent: true } : null
}

const proved = (deps: DeliveryDeps, delivery: Delivery, writtenAt: number, provedAt: number) =>
  record(
    deps,
    delivery,
    { state: 'proved', written_at: writtenAt, proved_at: provedAt, reason: null, ...finished(deps) },
    async (tx, now) => {
      await updateFollowers(deps, tx, delivery, { state: 'written', written_at: writtenAt, due_at: now })
      await recordEvent(deps, tx, delivery, 'delivery.proved')
    },
  )

const written = (deps: DeliveryDeps, delivery: Delivery, writtenAt: number, dueAt: number, logins: number) =>
  record(
    deps,
    delivery,
    { state: 'written', written_at: writtenAt, due_at: dueAt, logins },
    async (tx, now) => {
      await updateFollowers(deps, tx, delivery, { state: 'written', written_at: writtenAt, due_at: now })
      if (delivery.state === 'waiting') await recordEvent(deps, tx, delivery, 'delivery.written')
    },
  )

const fail = (deps: DeliveryDeps, delivery: Delivery, reason: DeliveryFailure) =>
  record(deps, delivery, { state: 'failed', reason, ...finished(deps) }, async tx => {
    const values = { state: 'failed', reason, ...finished(deps), desk_notified: 1 }
    await updateFollowers(deps, tx, delivery, values)
    await recordEvent(deps, tx, delivery, 'delivery.failed', reason)
  })

const drop = (deps: DeliveryDeps, delivery: Delivery, reason: DeliveryFailure) =>
  record(deps, delivery, { state: 'dropped', reason, ...finished(deps) }, async tx => {
    await updateFollowers(deps, tx, delivery, { state: 'dropped', reason, ...finished(deps) })
    await recordEvent(deps, tx, delivery, 'delivery.dropped', reason)
  })

/**
 * Records the outcome of a claimed delivery. A function takes effect only while the claim holds: after its lease has ended, or
 * when its password was superseded meanwhile, nothing changes and no ✓ is shown.
 */
export const createDeliveryOutcomes = (deps: DeliveryDeps) => ({
  /** Counts a write before it is sent, so that the row shows it even if the process dies. */
  beginWrite: (delivery: Delivery) => beginWrite(deps, delivery),

  /** Written and proved by a login; the services that read this one can now be proved too. */
  proved: (delivery: Delivery, writtenAt: number, provedAt: number) =>
    proved(deps, delivery, writtenAt, provedAt),

  /** Written, not proved yet: the login is tried again at `dueAt`. */
  written: (delivery: Delivery, writtenAt: number, dueAt: number, logins: number) =>
    written(deps, delivery, writtenAt, dueAt, logins),

  /** Nothing was done: the delivery can be claimed again at `dueAt`. */
  postpone: (delivery: Delivery, dueAt: number) => record(deps, delivery, { due_at: dueAt }, async () => {}),

  /**
   * Sent without an answer: the server may still carry it out after the connection was closed. The lease lasts until then, so
   * that a newer password is not written meanwhile and overwritten by the old one.
   */
  awaitOutcome: (delivery: Delivery, until: number) =>
    record(deps, delivery, { due_at: until, lease_until: until }, async () => {}),
  fail: (delivery: Delivery, reason: DeliveryFailure) => fail(deps, delivery, reason),

  /** The source has another password by now, so this one must not be written. */
  drop: (delivery: Delivery, reason: DeliveryFailure) => drop(deps, delivery, reason),
})
