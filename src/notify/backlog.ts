import type { Store } from '../store/store.ts'

const waiting = ['ready', 'sending']

/** Notices whose addresses are not looked up yet, and mails that wait to be sent; `oldest` as of `readDeliveryBacklog`. */
export async function readMailBacklog(db: Store['read']) {
  const notices = await db
    .selectFrom('notices')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirst()
  const rows = await db
    .selectFrom('mails')
    .select('state')
    .select(eb => [eb.fn.countAll<number>().as('count'), eb.fn.min<number>('created_at').as('since')])
    .where('state', 'in', waiting)
    .groupBy('state')
    .execute()
  return {
    notices: Number(notices?.count ?? 0),
    mails: rows.map(({ state, count }) => ({ state, count: Number(count) })),
    oldest: rows.length === 0 ? null : Math.min(...rows.map(({ since }) => Number(since))),
  }
}
