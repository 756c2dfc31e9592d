import type { Tx } from '../store/store.ts'
import type { Head } from './sum.ts'

export type MovedHead = { readonly now: Head; readonly before: Head | null; readonly continues: boolean }

/** Each chain whose head differs from its sealed head, with both, and whether the chain still contains the sealed one. */
export async function headsMovedSince(tx: Tx, since: number | null): Promise<MovedHead[]> {
  const rows = await tx
    .selectFrom('audit_heads as h')
    .leftJoin('audit_sealed_heads as s', 's.chain', 'h.chain')
    .leftJoin('audit_events as e', join =>
      join.onRef('e.chain', '=', 's.chain').onRef('e.sequence', '=', 's.sequence'),
    )
    .leftJoin('audit_cuts as c', 'c.chain', 'h.chain')
    .select(['h.chain', 'h.sequence', 'h.link', 's.sequence as sealedAt', 's.link as sealedLink'])
    .select(['e.link as currentLink', 'c.sequence as cut'])
    .where('h.chain', '!=', 'system')
    .where('h.sequence', '>', 0)
    .where(eb => eb.or([eb('s.sequence', 'is', null), eb('s.link', '!=', eb.ref('h.link'))]))
    .$if(since !== null, query =>
      query.where('h.chain', 'in', eb =>
        eb
          .selectFrom('audit_events')
          .select('chain')
          .where('at', '>=', since ?? 0),
      ),
    )
    .execute()
  return rows.map(({ chain, sequence, link, sealedAt, sealedLink, currentLink, cut }) => ({
    now: { chain, sequence, link } satisfies Head,
    before: sealedAt === null ? null : ({ chain, sequence: sealedAt, link: sealedLink ?? '' } satisfies Head),
    continues:
      sealedAt === null || (sequence > sealedAt && (currentLink === sealedLink || (cut ?? 0) >= sealedAt)),
  }))
}
