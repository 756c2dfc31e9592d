import { hostname } from 'node:os'
import { newId } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type DeleteByAge, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Attempt } from '../source/attempts.ts'
import { currentLeaseHolder, hasExited } from '../source/lease-holder.ts'
import { type Delivery, unfinishedStates } from './delivery.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { leaseOf, type ServiceTarget } from './targets.ts'

type DeliveryRow = {
  id: string
  person: string
  service: string
  attempt: string
  kind: string
  generation: number
  state: string
  key_name: string
  sealed: string | null
  lease_holder: string | null
  lease_until: number
  writes: number
  logins: number
  created_at: number
  written_at: number | null
}

const fromRow = (row: DeliveryRow): Delivery => ({
  id: row.id,
  person: row.person as PersonId,
  service: row.service,
  attempt: row.attempt,
  kind: row.kind as Attempt['kind'],
  generation: row.generation,
  state: row.state === 'written' ? 'written' : 'waiting',
  keyName: row.key_name,
  sealed: row.sealed,
  holder: row.lease_holder ?? '',
  leaseUntil: row.lease_until,
  writes: row.writes,
  logins: row.logins,
  sent: false,
  createdAt: row.created_at,
  writtenAt: row.written_at,
})

async function findDue(
  { store, clock, rotatingKeys, hostKeys }: DeliveryDeps,
  service: string,
  limit: number,
) {
  const now = clock.now()
  const inherited = hostKeys.inherited()
  const rows = await store.read
    .selectFrom('deliveries')
    .select('id')
    .where('service', '=', service)
    .where('state', 'in', unfinishedStates)
    .where('due_at', '<=', now)
    .where('lease_until', '<=', now)
    .where(({ or, eb }) =>
      or([
        eb('host', '=', rotatingKeys.host),
        // Queued by a version whose hosts were named by their network names.
        eb('host', '=', hostname()),
        ...(inherited.length > 0 ? [eb('key_name', 'in', [...inherited])] : []),
      ]),
    )
    .orderBy('due_at')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

const claim = (
  { store, clock }: DeliveryDeps,
  leaseHolder: string,
  id: string,
  target: ServiceTarget,
): Promise<Delivery | null> =>
  store.transaction(async tx => {
    const now = clock.now()
    const row = await tx
      .updateTable('deliveries')
      .set({ lease_holder: `${leaseHolder}:${newId()}`, lease_until: now + leaseOf(target) })
      .where('id', '=', id)
      .where('state', 'in', unfinishedStates)
      .where('due_at', '<=', now)
      .where('lease_until', '<=', now)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('deliveries as other')
              .select('other.id')
              .whereRef('other.person', '=', 'deliveries.person')
              .whereRef('other.service', '=', 'deliveries.service')
              .where('other.lease_until', '>', now),
          ),
        ),
      )
      .returningAll()
      .executeTakeFirst()
    return row ? fromRow(row) : null
  })

async function releaseAbandonedDeliveries({ store, clock }: DeliveryDeps) {
  const leased = await store.read
    .selectFrom('deliveries')
    .select(['id', 'lease_holder'])
    .where('lease_until', '>', clock.now())
    .execute()
  const abandoned = leased.filter(({ lease_holder }) => lease_holder && hasExited(lease_holder))
  for (const { id, lease_holder } of abandoned)
    await store.transaction(tx =>
      tx
        .updateTable('deliveries')
        .set({ lease_until: 0, lease_holder: null })
        .where('id', '=', id)
        .where('lease_holder', '=', lease_holder)
        .execute(),
    )
}

/** Claims (leases) of deliveries: one process at a time works on each, with one write in flight per person and service. */
export const createClaims = (deps: DeliveryDeps) => {
  const leaseHolder = currentLeaseHolder()
  return {
    /**
     * The ids of deliveries that this host may claim now, the earliest due first: those that it queued, and those of lost hosts
     * whose keys it was given.
     */
    due: (service: string, limit: number) => findDue(deps, service, limit),

    /** Claims a delivery for one worker; `null`: another has it, or another write to the same service may still be in flight. */
    claim: (id: string, target: ServiceTarget) => claim(deps, leaseHolder, id, target),

    /** At a start: ends the leases of killed processes of this host, so that their deliveries need not wait. */
    releaseAbandonedDeliveries: () => releaseAbandonedDeliveries(deps),
  }
}

/** The newest delivery of each service is kept for « Mes services ». It holds no secret any more. */
const forgetDeliveries: DeleteByAge = (tx, now, limits) =>
  tx
    .deleteFrom('deliveries')
    .where('settled_at', '<', now - limits.purgeJourneys)
    .where(({ exists, selectFrom, or, eb }) =>
      or([
        eb('settled_at', '<', now - limits.purgeDetails),
        exists(
          selectFrom('deliveries as newer')
            .select('newer.id')
            .whereRef('newer.person', '=', 'deliveries.person')
            .whereRef('newer.service', '=', 'deliveries.service')
            .whereRef('newer.generation', '>', 'deliveries.generation'),
        ),
      ]),
    )
    .execute()

export const deliveryRetention: RetentionOf<'deliveries'> = {
  deliveries: withAccount('deliveries', forgetDeliveries),
}
