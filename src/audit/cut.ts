import type { Clock } from '../clock.ts'
import { hmac } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Limits } from '../limits/limits.ts'
import type { Rekeying } from '../rekeying.ts'
import type { Store, Tx } from '../store/store.ts'
import { linkOf } from './chain.ts'
import { lastUnderFormerKeys, linkKeys } from './key-changes.ts'
import { rollingChains } from './rolling.ts'

/** The point where a rolling chain now begins: earlier events were deleted by retention. */
export type Cut = {
  readonly chain: string
  readonly sequence: number
  readonly link: string
  readonly newest: number
  readonly cut_at: number
}

/** The keyed seal of a cut: without the key, deleted events cannot be passed off as a cut. */
export const sealOfCut = (key: Buffer, { chain, sequence, link, newest, cut_at }: Cut) =>
  hmac(key, 'cut', chain, String(sequence), link, String(newest), String(cut_at))

type Deps = {
  readonly store: Store
  readonly keys: Keys
  readonly clock: Clock
  readonly limits: Pick<Limits, 'purgeDetails'>
}

const batchSize = 2000

/** Locks the chain's cut until this transaction ends. */
const lockCut = (tx: Tx, chain: string) =>
  tx
    .insertInto('audit_cuts')
    .values({ chain, sequence: 0, link: '', newest: 0, cut_at: 0, seal: '' })
    .onConflict(conflict =>
      conflict.column('chain').doUpdateSet(eb => ({ sequence: eb.ref('audit_cuts.sequence') })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()

const firstEvents = (tx: Tx, chain: string) =>
  tx
    .selectFrom('audit_events')
    .selectAll()
    .where('chain', '=', chain)
    .orderBy('sequence')
    .limit(batchSize)
    .execute()

const keyChangeOf = async (tx: Tx, chain: string) =>
  (await tx.selectFrom('audit_key_changes').selectAll().where('chain', '=', chain).executeTakeFirst()) ?? null

async function isDue({ read }: Store, chain: string, before: number) {
  const first = await read
    .selectFrom('audit_events')
    .select('at')
    .where('chain', '=', chain)
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst()
  return first !== undefined && first.at < before
}

/** Events are verified before they are deleted: an attacker who backdates an event must not have it erased by retention. */
function refuseAltered(
  keys: Keys,
  { lastUnderFormer, ...old }: Cut & { readonly seal: string; readonly lastUnderFormer: number },
  events: Awaited<ReturnType<typeof firstEvents>>,
) {
  const isSealed = old.sequence === 0 || keys.live('audit').some(key => old.seal === sealOfCut(key, old))
  let { sequence, link } = old
  for (const event of events) {
    const isLinked = linkKeys(keys, lastUnderFormer, event.sequence).some(
      key => linkOf(key, event, link) === event.link,
    )
    const follows = event.sequence === sequence + 1 && isLinked
    if (!isSealed || !follows)
      throw new Error(`the audit chain ${old.chain} was altered and is not cut: run sesame audit verify`)
    ;[sequence, link] = [event.sequence, event.link]
  }
}

async function cutChain(tx: Tx, deps: Deps, chain: string, before: number) {
  const old = await lockCut(tx, chain)
  const events = await firstEvents(tx, chain)
  const young = events.findIndex(({ at }) => at >= before)
  const aged = young < 0 ? events : events.slice(0, young)
  const last = aged.at(-1)
  if (!last) return 0
  const change = await keyChangeOf(tx, chain)
  refuseAltered(deps.keys, { ...old, lastUnderFormer: lastUnderFormerKeys(deps.keys, change) }, aged)
  const newest = aged.reduce((most, { at }) => Math.max(most, at), old.newest)
  const { sequence, link } = last
  const cut = { chain, sequence, link, newest, cut_at: deps.clock.now() }
  for (const table of ['audit_events', 'audit_details'] as const)
    await tx.deleteFrom(table).where('chain', '=', chain).where('sequence', '<=', sequence).execute()
  await tx
    .updateTable('audit_cuts')
    .set({ ...cut, seal: sealOfCut(deps.keys.of('audit'), cut) })
    .where('chain', '=', chain)
    .execute()
  return aged.length
}

/**
 * Deletes the first events of the rolling chains once they are older than `purgeDetails`. The rest still verifies: the
 * sealed cut records the link that the next event continues.
 */
export async function cutRollingChains(deps: Deps) {
  const before = deps.clock.now() - deps.limits.purgeDetails
  const faults: unknown[] = []
  for (const chain of rollingChains)
    try {
      while (await isDue(deps.store, chain, before))
        if ((await deps.store.transaction(tx => cutChain(tx, deps, chain, before))) < batchSize) break
    } catch (fault) {
      // One chain that was tampered with does not prevent the cut of the others.
      faults.push(fault)
    }
  if (faults.length > 0) throw faults[0]
}

/** A cut that was forged before keeps its false seal. */
export const cutRekeying: Rekeying<'audit_cuts'> = {
  table: 'audit_cuts',
  row: 'chain',
  rekey: (keys, row) => {
    const seal = sealOfCut(keys.of('audit'), row)
    const isSealed = keys.live('audit').some(key => row.seal === sealOfCut(key, row))
    return isSealed && row.seal !== seal ? { seal } : null
  },
}
