import type { Limits } from '../../limits.ts'
import type { Notices } from '../../notify/notify.ts'
import type { DeliveryDeps } from './deliveries.ts'
import { type DeliveryFailure, unfinishedStates } from './delivery.ts'

/**
 * A password that no service took within its time is erased, and the desk is told of everything that failed: one notice
 * for each service and reason, however many people wait behind it.
 */
export const createExpiry = (deps: DeliveryDeps & { limits: Limits; notices: Notices }) => {
  const { store, clock, audit, targets, limits, notices } = deps

  const expiring = async () => {
    const now = clock.now()
    const since = new Map(
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
    // A service that the configuration no longer names has nobody to carry what waits for it.
    return rows.filter(({ service, created_at }) => created_at <= (since.get(service) ?? now))
  }

  const expire = async () => {
    const rows = await expiring()
    for (const { id, person, service, attempt, generation } of rows)
      await store.transaction(async tx => {
        const reason: DeliveryFailure = targets.some(target => target.id === service)
          ? 'service-expired'
          : 'service-gone'
        const gone = await tx
          .updateTable('deliveries')
          .set({ state: 'failed', reason, sealed: null, settled_at: clock.now() })
          .where('id', '=', id)
          .where('state', 'in', unfinishedStates)
          .executeTakeFirst()
        if (gone.numUpdatedRows === 1n)
          await audit.append(tx, {
            ...{ chain: person, kind: 'delivery.failed', by: { kind: 'system' } },
            details: { service, attempt, generation, reason },
          })
      })
    return rows.length
  }

  const unreportedFailures = () =>
    store.read
      .selectFrom('deliveries')
      .select(['service', 'reason'])
      .distinct()
      .where('state', '=', 'failed')
      .where('desk_notified', '=', 0)
      .execute()

  const tell = async () => {
    const groups = await unreportedFailures()
    for (const { service, reason } of groups)
      await store.transaction(async tx => {
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
          service,
          reason: reason ?? '',
          others: rows.length - 1,
        }
        await notices.write(tx, { kind: 'desk-service-failed', person: first.person, facts, language: 'fr' })
      })
    return groups.length
  }

  return { run: async () => (await expire()) + (await tell()) }
}
