import type { Keys } from '../crypto/keys.ts'
import type { Store } from '../store/store.ts'
import { digestOfDetails } from './chain.ts'
import { eachSealedHead, openSum } from './heads.ts'
import { plus, type SealedHeads, sealedHeads } from './sum.ts'
import type { ChainFault, EventRow } from './verify-chain.ts'

type Seal = { sequence: number; at: number; body: string; sum: string }

/** `null`: altered, or sealed under a key that is not held. */
function opened(keys: Keys, seal: Seal) {
  try {
    return openSum(keys, seal)
  } catch {
    return null
  }
}

const belongsTo = (keys: Keys, seal: Seal, event: EventRow) =>
  seal.sequence === event.sequence &&
  seal.at === event.at &&
  keys.all('audit').some(key => digestOfDetails(key, seal.body) === event.digest)

/** Verifies that the newest seal belongs to its event, and that the sealed heads are exactly those that it sealed. */
export async function faultOfSeal(
  db: Store['read'],
  keys: Keys,
  event: EventRow | null,
): Promise<ChainFault | null> {
  const seal = await db.selectFrom('audit_seals').selectAll().executeTakeFirst()
  const fault = (why: string): ChainFault => ({
    chain: 'system',
    sequence: event?.sequence ?? seal?.sequence ?? 0,
    why,
  })
  if (!seal && !event) return null
  if (!seal) return fault('the seal of all heads is missing')
  if (!event) return fault('the event of the last seal is missing')
  if (!belongsTo(keys, seal, event))
    return fault('the seal of all heads is not that of the last event system.sealed')
  const known = opened(keys, seal)
  const key = known?.key ?? keys.of('audit')
  let [chains, sum] = [0, 0n]
  await eachSealedHead(db, head => {
    sum = plus(key, sum, head)
    chains += 1
  })
  const sealed = JSON.parse(seal.body) as SealedHeads
  const current = sealedHeads(key, chains, sum)
  if (current.chains !== sealed.chains || current.heads !== sealed.heads)
    return fault(
      `${sealed.chains} chains were sealed and ${current.chains} exist: some were erased, or their heads were altered`,
    )
  return known?.sum === sum ? null : fault('the sum of the sealed heads was altered')
}
