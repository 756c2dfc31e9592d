import type { Store } from '../../store/store.ts'
import { unfinishedStates } from './delivery.ts'

/** Deliveries that are on their way, by service and state, and when the oldest began (milliseconds since 1970; `null`: none). */
export async function readDeliveryBacklog(db: Store['read']) {
  const rows = await db
    .selectFrom('deliveries')
    .select(['service', 'state'])
    .select(eb => [
      eb.fn.countAll<number>().as('count'),
      eb.fn.count<number>('sealed').as('sealed'),
      eb.fn.min<number>('created_at').as('since'),
    ])
    .where('state', 'in', unfinishedStates)
    .groupBy(['service', 'state'])
    .execute()
  const deliveries = rows.map(({ service, state, count }) => ({ service, state, count: Number(count) }))
  return {
    deliveries,
    sealed: rows.reduce((sum, { sealed }) => sum + Number(sealed), 0),
    oldest: rows.length === 0 ? null : Math.min(...rows.map(({ since }) => Number(since))),
  }
}
