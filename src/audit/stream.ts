import { sql } from 'kysely'
import type { Store } from '../store/store.ts'
import type { ChainState, EventRow } from './verify-chain.ts'

type Db = Store['read']

/** The number of rows in memory at once, however many the store has. */
const pageSize = 2000

/** Yields every event with its details, ordered by chain and sequence, in pages (keyset pagination). */
export const eventPages = async function* (db: Db) {
  for (let [chain, sequence] = ['', 0]; ; ) {
    const rows: EventRow[] = await db
      .selectFrom('audit_events as e')
      .leftJoin('audit_details as d', join =>
        join.onRef('d.chain', '=', 'e.chain').onRef('d.sequence', '=', 'e.sequence'),
      )
      .select(['e.chain', 'e.sequence', 'e.at', 'e.kind', 'e.actor', 'e.digest', 'e.link', 'e.subject'])
      .select(['d.body', 'd.at as detailsAt'])
      .where(sql<boolean>`(e.chain, e.sequence) > (${chain}, ${sequence})`)
      .orderBy('e.chain')
      .orderBy('e.sequence')
      .limit(pageSize)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    yield rows
    ;[chain, sequence] = [last.chain, last.sequence]
  }
}

/** What the store records about these chains besides their events. */
export async function readChainStates(
  db: Db,
  chains: readonly string[],
): Promise<ReadonlyMap<string, ChainState>> {
  const byChain = async <T extends { chain: string }>(rows: Promise<readonly T[]>) =>
    new Map((await rows).map(row => [row.chain, row]))
  const heads = await byChain(db.selectFrom('audit_heads').selectAll().where('chain', 'in', chains).execute())
  const sealed = await byChain(
    db.selectFrom('audit_sealed_heads').selectAll().where('chain', 'in', chains).execute(),
  )
  const cuts = await byChain(db.selectFrom('audit_cuts').selectAll().where('chain', 'in', chains).execute())
  const changes = await byChain(
    db.selectFrom('audit_key_changes').selectAll().where('chain', 'in', chains).execute(),
  )
  return new Map(
    chains.map(chain => [
      chain,
      {
        head: heads.get(chain) ?? null,
        sealed: sealed.get(chain) ?? null,
        cut: cuts.get(chain) ?? null,
        keyChange: changes.get(chain) ?? null,
      },
    ]),
  )
}

/** Chains that are in a table and have no event: cut completely, or erased. */
export const chainsWithoutEvents = async function* (
  db: Db,
  table: 'audit_heads' | 'audit_sealed_heads' | 'audit_cuts',
) {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom(`${table as 'audit_heads'} as t`)
      .select('t.chain')
      .where('t.chain', '>', after)
      .where(eb =>
        eb.not(
          eb.exists(eb.selectFrom('audit_events as e').select('e.chain').whereRef('e.chain', '=', 't.chain')),
        ),
      )
      .orderBy('t.chain')
      .limit(pageSize)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(({ chain }) => chain)
    after = last.chain
  }
}

export async function countOf(db: Db, table: 'audit_events' | 'audit_details') {
  const { count } = await db
    .selectFrom(table)
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
