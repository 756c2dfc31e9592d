import { idOfFingerprint } from './crypto/keys.ts'
import { OperatorError } from './operator-error.ts'
import { historyPeppers } from './password/history.ts'
import { jokerPeppers } from './proofs/joker/joker.ts'
import type { ConfiguredKeys } from './root-keys/key-ring.ts'
import { readRootKeyFingerprint, recordRootKey } from './store/installation.ts'
import type { Store } from './store/store.ts'

/** The configured keys by their ids, for a sentence. */
const namesOf = ({ configured, new: next }: ConfiguredKeys) =>
  next
    ? `the configured ones are ${configured.id}… (rootKeyFile) and ${next.id}… (newRootKeyFile)`
    : `the configured one is ${configured.id}…`

const wrongKey = (stored: string, roots: ConfiguredKeys) =>
  new OperatorError(
    'rootKeyFile',
    `the store was written under the root key ${idOfFingerprint(stored)}…, and ${namesOf(roots)}: put the file of the right key in rootKeyFile (docs/operate/upgrade.md)`,
  )

/** A store from before its fingerprint was recorded: the ids of the keys of its hashes say under which key it was written. */
const checkPeppers = async (db: Store['read'], roots: ConfiguredKeys) => {
  const peppers = new Set([...(await historyPeppers(db)), ...(await jokerPeppers(db))])
  const [other] = peppers
  if (other !== undefined && !peppers.has(roots.configured.id)) throw wrongKey(other, roots)
}

/**
 * Refuses a root key that is not that of the store: right answers would be refused, sealed values lost, and new links of the
 * audit log could not be verified. The first start with a new store records the fingerprint of its key.
 */
export const checkRootKey = async (store: Store, roots: ConfiguredKeys) => {
  if ((await readRootKeyFingerprint(store.read)) === null) await checkPeppers(store.read, roots)
  const recorded = await store.transaction(tx => recordRootKey(tx, roots.configured.fingerprint))
  const isHeld = [roots.configured, roots.new].some(key => key?.fingerprint === recorded)
  if (!isHeld) throw wrongKey(recorded ?? '', roots)
}

/** What is still to be done for a new root key, in a sentence for the operator; `null`: nothing. */
export const openRotation = (
  { rootKey, isRotating }: { readonly rootKey: string; readonly isRotating: boolean },
  { configured, new: next }: ConfiguredKeys,
): string | null => {
  if (isRotating)
    return `The root key is being replaced by ${idOfFingerprint(rootKey)}…, and rows may still be under the former one. Finish it: sesame key rotate`
  if (!next) return null
  return rootKey === configured.fingerprint
    ? `newRootKeyFile names a root key (${next.id}…) under which nothing is yet. Once every process of the portal was restarted with it: sesame key rotate`
    : `The root key was replaced, and nothing is left under the former one: name the file of newRootKeyFile in rootKeyFile, remove newRootKeyFile and restart the portal.`
}
