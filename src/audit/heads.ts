import { type Clock, minutes, seconds } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Audit } from './audit.ts'

/** Where the chains that moved stood, as the system's chain keeps it: `[chain, sequence, link]`. */
export type HeadsRecord = readonly (readonly [string, number, string])[]

/** Clocks of several machines may differ by this; a head recorded twice does no harm. */
const slack = seconds(30)

const lastRecordedAt = async (tx: Tx) => {
  const last = await tx
    .selectFrom('audit_events')
    .select('at')
    .where('chain', '=', 'system')
    .where('kind', '=', 'system.heads')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.at ?? 0
}

const movedSince = (tx: Tx, since: number) =>
  tx
    .selectFrom('audit_heads')
    .selectAll()
    .where('chain', '!=', 'system')
    .where('chain', 'in', eb => eb.selectFrom('audit_events').select('chain').where('at', '>=', since))
    .execute()

/**
 * Once a minute the system's chain records where the accounts' chains that moved stand: a chain erased whole, or cut
 * back with its head, shows. Leased by nature: the record itself tells the other processes that this minute is done.
 */
export const chainHeads = async (parts: { store: Store; audit: Audit; clock: Clock }) => {
  const { store, audit, clock } = parts
  await store.transaction(async tx => {
    const last = await lastRecordedAt(tx)
    if (clock.now() - last < minutes(1)) return
    const heads = await movedSince(tx, last - slack)
    if (heads.length === 0) return
    const record: HeadsRecord = heads.map(({ chain, sequence, link }) => [chain, sequence, link])
    await audit.append(tx, {
      chain: 'system',
      kind: 'system.heads',
      by: { kind: 'system' },
      details: { heads: JSON.stringify(record) },
    })
  })
  return 0
}
