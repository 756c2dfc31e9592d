import type { Keys } from './crypto/keys.ts'
import { OperatorError } from './operator-error.ts'
import { historyPeppers } from './password/history.ts'
import { jokerPeppers } from './proofs/joker/joker.ts'
import { readRootKeyFingerprint, recordRootKey } from './store/installation.ts'
import type { Store } from './store/store.ts'

const wrongKey = (stored: string, configured: string) =>
  new OperatorError(
    'rootKeyFile',
    `the store was written under the root key ${stored}…, and the configured one is ${configured}…: put the file of the right key in rootKeyFile (docs/operate/upgrade.md)`,
  )

/** A store from before its fingerprint was recorded: the ids of the keys of its hashes say under which key it was written. */
const checkPeppers = async (db: Store['read'], id: string) => {
  const peppers = new Set([...(await historyPeppers(db)), ...(await jokerPeppers(db))])
  const [other] = peppers
  if (other !== undefined && !peppers.has(id)) throw wrongKey(other, id)
}

/**
 * Refuses a root key that is not that of the store: right answers would be refused, sealed values lost, and new links of the
 * audit log could not be verified. The first start with a new store records the fingerprint of its key.
 */
export const checkRootKey = async (store: Store, { id, fingerprint }: Keys) => {
  if ((await readRootKeyFingerprint(store.read)) === null) await checkPeppers(store.read, id)
  const recorded = await store.transaction(tx => recordRootKey(tx, fingerprint))
  if (recorded !== fingerprint) throw wrongKey((recorded ?? '').slice(0, id.length), id)
}
