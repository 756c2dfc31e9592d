import { sql } from 'kysely'
import type { House } from '../../src/house.ts'

/**
 * How often PostgreSQL broke off one of two transactions that waited for each other. Each costs a second, and a stranger who
 * can cause them makes others wait. A connection reports its figure some time after its transaction.
 */
export const countDeadlocks = async ({ store, clock }: House) => {
  if (store.flavour !== 'postgres') return 0
  await clock.sleep(2000)
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(store.read)
  return Number(rows[0]?.deadlocks)
}
