import type { Limits } from '../../limits/limits.ts'
import type { Notices } from '../../notify/notify.ts'
import type { Tx } from '../../store/store.ts'
import { ownLanguage } from '../../texts/locales.ts'
import { type DeliveryFailure, unfinishedStates } from './delivery.ts'
import type { DeliveryDeps } from './delivery-deps.ts'

type Deps = DeliveryDeps & { readonly limits: Limits; readonly notices: Notices }

async function findExpired({ store, clock, targets, limits }: Deps) {
  const now = clock.now()
  const createdBefore = new Map(
    targets.map(({ id, expiresAfter }) => [id, now - Math.min(expiresAfter, limits.sealedPassword)]),
  )
  const rows = await store.read
    .selectFrom('deliveries')
    .select(['id', 'person', 'service', 'attempt', 'generation', 'created_at'])
    .where('state', 'in', unfinishedStates)
    .where(
      'created_at',
      '<=',
      now - Math.min(limits.sealedPassword, ...targets.map(target => target.expiresAfter)),
    )
    .limit(500)
    .execute()
  // Deliveries to a service that was removed from the configuration expire at once: no worker handles them.
  return rows.filter(({ service, created_at }) => created_at <= (createdBefore.get(service) ?? now))
}

type ExpiredDelivery = Awaited<ReturnType<typeof findExpired>>[number]

async function expire({ clock, audit, targets }: Deps, tx: Tx, expired: ExpiredDelivery) {
  const { id, person, service, attempt, generation } = expired
  const reason: DeliveryFailure = targets.some(target => target.id === service)
    ? 'service-expired'
    : 'service-gone'
  const failed = await tx
    .updateTable('deliveries')
    .set({ state: 'failed', reason, sealed: null, settled_at: clock.now() })
    .where('id', '=', id)
    .where('state', 'in', unfinishedStates)
    .executeTakeFirst()
  if (failed.numUpdatedRows === 1n)
    await audit.append(tx, {
      chain: person,
      kind: 'delivery.failed',
      by: { kind: 'system' },
      details: { service, attempt, generation, reason },
    })
}

async function expireAll(deps: Deps) {
  const rows = await findExpired(deps)
  for (const row of rows) await deps.store.transaction(tx => expire(deps, tx, row))
  return rows.length
}

const findUnreportedFailures = ({ store }: Deps) =>
  store.read
    .selectFrom('deliveries')
    .select(['service', 'reason'])
    .distinct()
    .where('state', '=', 'failed')
    .where('desk_notified', '=', 0)
    .execute()

type UnreportedFailure = { readonly service: string; readonly reason: string | null }

async function notifyDesk({ clock, notices }: Deps, tx: Tx, { service, reason }: UnreportedFailure) {
  const rows = await tx
    .updateTable('deliveries')
    .set({ desk_notified: 1 })
    .where('state', '=', 'failed')
    .where('desk_notified', '=', 0)
    .where('service', '=', service)
    .where('reason', '=', reason)
    .returning('person')
    .execute()
  const [first] = rows
  if (!first) return
  const facts = {
    at: clock.now(),
    event: `service:${service}`,
    device: '',
    service,
    reason: reason ?? '',
    others: rows.length - 1,
  }
  await notices.write(tx, { kind: 'desk-service-failed', person: first.person, facts, language: ownLanguage })
}

async function notifyDeskOfAll(deps: Deps) {
  const failures = await findUnreportedFailures(deps)
  for (const failure of failures) await deps.store.transaction(tx => notifyDesk(deps, tx, failure))
  return failures.length
}

/**
 * Erases passwords that could not be delivered in time, and notifies the helpdesk of all failed deliveries: one notice for each
 * service and reason, whatever the number of people.
 */
export const createExpiry = (deps: Deps) => ({
  run: async () => (await expireAll(deps)) + (await notifyDeskOfAll(deps)),
})
