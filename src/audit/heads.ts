import { sql } from 'kysely'
import { type Clock, days, minutes } from '../clock.ts'
import { digestOf, seal, unseal } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Store, Tx } from '../store/store.ts'
import { bodyOf, digestOfDetails, writeEvents } from './chain.ts'
import { headsMovedSince, type MovedHead } from './moved-heads.ts'
import { type Head, minus, plus, type SealedHeads, sealedHeads } from './sum.ts'

/** The clocks of several machines may differ by this much; examining a chain twice does no harm. */
const slack = minutes(2)
const batchSize = 100

/**
 * The system chain's newest link, which covers every chain: kept outside the store, it proves that no older event was
 * lost. `inconsistent`: chains that no longer contain their sealed head.
 */
export type SealedHead = { readonly head: string; readonly inconsistent: readonly string[] }

type Deps = {
  readonly store: Store
  readonly keys: Keys
  readonly clock: Clock
  /** Reports the head outside the store, in a line of the log. */
  readonly report: (sealed: SealedHead) => void
  /** Queues a mail with the first head of each day, where one is configured. */
  readonly mail?: (tx: Tx, head: string, at: number) => Promise<unknown>
}

export type Seal = { sequence: number; at: number; body: string; sum: string }

/** The seal of all heads is not as this product wrote it. */
export class AlteredSeal extends Error {}

/** A sealed sum is bound to the details of its event. */
const sealContextOf = (body: string) => `audit_seals.sum.${digestOf(body)}`

/** The keys of a sum: of its terms, and of its seal. They are of one root key. */
type SumKeys = { readonly key: Buffer; readonly sealKey: Buffer }

const presentKeys = (keys: Keys): SumKeys => ({
  key: keys.of('audit'),
  sealKey: keys.of('seal-audit-heads'),
})

/** Opens the sum of a seal, with the keys under which it was made. */
export function openSum(keys: Keys, { body, sum }: Pick<Seal, 'body' | 'sum'>) {
  for (const id of keys.ids()) {
    const [key, sealKey] = [keys.by(id, 'audit'), keys.by(id, 'seal-audit-heads')]
    if (key && sealKey)
      try {
        return { key, sealKey, sum: BigInt(`0x${unseal(sealKey, sealContextOf(body), sum)}`) }
      } catch {
        // It is under another of them.
      }
  }
  throw new AlteredSeal('the sum of the sealed heads was altered: run sesame audit verify')
}

export const sealSum = (sealKey: Buffer, body: string, sum: bigint) =>
  seal(sealKey, sealContextOf(body), sum.toString(16))

export const lastSeal = (db: Store['read']): Promise<Seal | undefined> =>
  db.selectFrom('audit_seals').selectAll().where('id', '=', 'last').executeTakeFirst()

/** Compare-and-set: of several processes that read the same seal only one may seal this minute. */
export const claimMinute = (tx: Tx, last: Seal | undefined, at: number) =>
  tx
    .insertInto('audit_seals')
    .values({ id: 'last', sequence: 0, at, body: '', sum: '' })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet({ at })
        .where('audit_seals.at', '=', last?.at ?? -1)
        .where('audit_seals.sequence', '=', last?.sequence ?? -1),
    )
    .returning('id')
    .executeTakeFirst()

const systemHead = (tx: Tx) =>
  tx.selectFrom('audit_heads').select('sequence').where('chain', '=', 'system').executeTakeFirst()

const neverSealed = async (tx: Tx) =>
  (await tx
    .selectFrom('audit_events')
    .select('sequence')
    .where('chain', '=', 'system')
    .where('kind', '=', 'system.sealed')
    .limit(1)
    .executeTakeFirst()) === undefined

/** Every sealed head, a page at a time. */
export async function eachSealedHead(db: Store['read'], work: (head: Head) => void) {
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('audit_sealed_heads')
      .selectAll()
      .where('chain', '>', after)
      .orderBy('chain')
      .limit(2000)
      .execute()
    for (const head of page) work(head)
    const last = page.at(-1)
    if (!last) return
    after = last.chain
  }
}

/** A new seal after one whose event was removed or altered would hide that change. */
export async function refuseForeignSeal(tx: Tx, keys: Keys, last: Seal) {
  const event = await tx
    .selectFrom('audit_events')
    .select(['at', 'digest'])
    .where('chain', '=', 'system')
    .where('sequence', '=', last.sequence)
    .executeTakeFirst()
  const isOwn = keys.all('audit').some(key => digestOfDetails(key, last.body) === event?.digest)
  if (event?.at !== last.at || !isOwn)
    throw new AlteredSeal('the seal of the audit chains is not that of its event: run sesame audit verify')
}

/** The count and sum of the last seal; the very first seal starts from the heads that the migration found. */
async function sealedSums(tx: Tx, keys: Keys, last: Seal | undefined) {
  if (last) {
    await refuseForeignSeal(tx, keys, last)
    const { chains } = JSON.parse(last.body) as SealedHeads
    return { chains, ...openSum(keys, last) }
  }
  if (!(await neverSealed(tx)))
    throw new Error('the seal of the audit chains is gone from the store: run sesame audit verify')
  let [chains, sum] = [0, 0n]
  await eachSealedHead(tx, head => {
    sum = plus(keys.of('audit'), sum, head)
    chains += 1
  })
  return { chains, sum, ...presentKeys(keys) }
}

async function saveSealedHeads(tx: Tx, heads: readonly Head[]) {
  for (let from = 0; from < heads.length; from += batchSize)
    await tx
      .insertInto('audit_sealed_heads')
      .values(heads.slice(from, from + batchSize))
      .onConflict(conflict =>
        conflict.column('chain').doUpdateSet({
          sequence: sql<number>`excluded.sequence`,
          link: sql<string>`excluded.link`,
        }),
      )
      .execute()
}

/** The heads that this minute has to seal; `null`: none, or another process sealed them. */
async function findDue(tx: Tx, at: number) {
  const last = await lastSeal(tx)
  if (last && at - last.at < minutes(1)) return null
  const moved = await headsMovedSince(tx, last ? last.at - slack : null)
  const systemSequence = (await systemHead(tx))?.sequence ?? 0
  if (moved.length === 0 && systemSequence === (last?.sequence ?? 0)) return null
  return {
    last,
    continuing: moved.filter(one => one.continues),
    inconsistent: moved.filter(one => !one.continues),
  }
}

/** Saves the new sealed heads; gives the details of the event and the sum. */
async function sealMoved(tx: Tx, keys: Keys, last: Seal | undefined, moved: readonly MovedHead[]) {
  const { key, sealKey, ...sealed } = await sealedSums(tx, keys, last)
  let { chains, sum } = sealed
  for (const { now, before } of moved) {
    sum = plus(key, before ? minus(key, sum, before) : sum, now)
    if (!before) chains += 1
  }
  await saveSealedHeads(
    tx,
    moved.map(({ now }) => now),
  )
  const body = bodyOf({ ...sealedHeads(key, chains, sum) })
  return { body, sum: sealSum(sealKey, body, sum) }
}

const isFirstOfItsDay = (at: number, last: number) => Math.floor(at / days(1)) !== Math.floor(last / days(1))

async function sealHeads(tx: Tx, { keys, clock, mail }: Deps): Promise<SealedHead | null> {
  const at = clock.now()
  const due = await findDue(tx, at)
  if (!due || !(await claimMinute(tx, due.last, at))) return null
  const { body, sum } = await sealMoved(tx, keys, due.last, due.continuing)
  const event = { chain: 'system', subject: null, at, kind: 'system.sealed', actor: 'system', body }
  const { sequence = 0, link = '' } = (await writeEvents(tx, keys.of('audit'), [event])).get('system') ?? {}
  const row = { sequence, at, body, sum }
  await tx.updateTable('audit_seals').set(row).where('id', '=', 'last').execute()
  const head = `${sequence}:${link}`
  if (mail && isFirstOfItsDay(at, due.last?.at ?? 0)) await mail(tx, head, at)
  return { head, inconsistent: due.inconsistent.map(({ now }) => now.chain) }
}

/**
 * Once a minute, if a chain moved, the system's chain seals the heads of all other chains: a chain that is later erased
 * whole, or truncated together with its head, is always detected. A chain that no longer contains its sealed head keeps
 * the old seal, so that further events hide nothing. The row of the seal is the lock: a second process finds this minute
 * sealed already.
 */
export const sealAuditHeads = async (deps: Deps) => {
  const sealed = await deps.store.transaction(tx => sealHeads(tx, deps))
  if (sealed) deps.report(sealed)
  return 0
}
