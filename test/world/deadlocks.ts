import { sql } from 'kysely'
import type { Application } from '../../src/application.ts'

/**
 * The number of deadlocks that PostgreSQL has broken. Each costs about a second, and a stranger who can cause deadlocks makes
 * others wait. Waits first, because a connection publishes its statistics some time after its transaction.
 */
export const countDeadlocks = async ({ store, clock }: Application) => {
  if (store.flavour !== 'postgres') return 0
  await clock.sleep(2000)
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(store.read)
  return Number(rows[0]?.deadlocks)
}
