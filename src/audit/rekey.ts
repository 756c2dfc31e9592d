import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Store, Tx } from '../store/store.ts'
import { bodyOf, writeEvents } from './chain.ts'
import {
  AlteredSeal,
  claimMinute,
  eachSealedHead,
  lastSeal,
  openSum,
  refuseForeignSeal,
  sealSum,
} from './heads.ts'
import { sealOfKeyChange } from './key-changes.ts'
import { difference, plus, type SealedHeads, sealedHeads, total } from './sum.ts'

type Deps = { readonly store: Store; readonly keys: Keys; readonly clock: Clock }

const batchSize = 500

/** The last seal with the sums of all sealed heads under its key and under the present one, from one snapshot: nobody waits for it. */
async function readSums(db: Store['read'], keys: Keys) {
  const last = await lastSeal(db)
  if (!last) return null
  const old = openSum(keys, last)
  const key = keys.of('audit')
  if (old.key.equals(key)) return null
  let [former, present] = [0n, 0n]
  await eachSealedHead(db, head => {
    former = plus(old.key, former, head)
    present = plus(key, present, head)
  })
  return { last, key, sum: total(present, difference(old.sum, former)) }
}

/**
 * Makes the sum of all sealed heads anew under the present root key, with its event. A head that was altered before stays visible:
 * what the old sum differs by is added to the new one. Returns false where another process sealed first.
 */
async function rekeySeal(
  tx: Tx,
  { keys, clock }: Deps,
  { last, key, sum }: NonNullable<Awaited<ReturnType<typeof readSums>>>,
) {
  await refuseForeignSeal(tx, keys, last)
  const at = clock.now()
  // The sealed heads change with their seal alone: while it is as it was read, so are they.
  if (!(await claimMinute(tx, last, at))) return false
  const { chains } = JSON.parse(last.body) as SealedHeads
  const body = bodyOf({ ...sealedHeads(key, chains, sum) })
  const event = { chain: 'system', subject: null, at, kind: 'system.sealed', actor: 'system', body }
  const { sequence = 0 } = (await writeEvents(tx, key, [event])).get('system') ?? {}
  const row = { sequence, at, body, sum: sealSum(keys.of('seal-audit-heads'), body, sum) }
  await tx.updateTable('audit_seals').set(row).where('id', '=', 'last').execute()
  return true
}

/** Records of the next chains up to which event they may be under a former key; returns the last of them, or null after the last. */
async function markChains(tx: Tx, keys: Keys, after: string) {
  const heads = await tx
    .selectFrom('audit_heads')
    .select(['chain', 'sequence'])
    .where('chain', '>', after)
    .orderBy('chain')
    .limit(batchSize)
    .execute()
  if (heads.length === 0) return null
  const rows = heads.map(head => ({ ...head, seal: sealOfKeyChange(keys.of('audit'), head) }))
  await tx
    .insertInto('audit_key_changes')
    .values(rows)
    .onConflict(conflict =>
      conflict.column('chain').doUpdateSet(({ ref }) => ({
        sequence: ref('excluded.sequence'),
        seal: ref('excluded.seal'),
      })),
    )
    .execute()
  return { marked: rows.length, last: rows.at(-1)?.chain ?? '' }
}

async function sealAnew(deps: Deps): Promise<string | null> {
  try {
    for (;;) {
      const sums = await deps.store.snapshot(db => readSums(db, deps.keys))
      if (!sums || (await deps.store.transaction(tx => rekeySeal(tx, deps, sums)))) return null
    }
  } catch (fault) {
    if (fault instanceof AlteredSeal) return fault.message
    throw fault
  }
}

/**
 * Brings the log under the present root key, once every process writes under it: from here on no link under a former key is
 * accepted. The links themselves stay: heads that were kept outside the store still compare. Returns why the seal of the heads
 * could not be made anew: somebody altered it, `sesame audit verify` tells it before and after, and the key is replaced all the same.
 */
export async function rekeyAudit(deps: Deps, onProgress: (chains: number) => void) {
  const fault = await sealAnew(deps)
  let chains = 0
  for (let after = ''; ; ) {
    const batch = await deps.store.transaction(tx => markChains(tx, deps.keys, after))
    if (!batch) return fault
    chains += batch.marked
    onProgress(chains)
    after = batch.last
  }
}

export const countChains = async (db: Store['read']) => {
  const { count } = await db
    .selectFrom('audit_heads')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
