import { type Clock, seconds } from '../clock.ts'
import { idOfFingerprint, type Keys, keysOf, type RootKey } from '../crypto/keys.ts'
import { OperatorError } from '../operator-error.ts'
import { type RootKeyState, readRootKeyState } from '../store/installation.ts'
import type { Store } from '../store/store.ts'
import { hasNotEnded, readKeptKeys } from './kept-keys.ts'

/** The root keys of the configuration: `rootKeyFile`, and `newRootKeyFile` where one is to replace it. */
export type ConfiguredKeys = { readonly configured: RootKey; readonly new: RootKey | null }

/**
 * For so long a process may write after it last read which root key is in force. Whoever replaces the key waits longer than that
 * before it looks for the last rows under the old one. It is the time of the machine, also where tests move another clock.
 */
export const keyLease = seconds(15)

export type KeyRing = {
  readonly keys: Keys
  readonly roots: ConfiguredKeys
  readonly fingerprints: readonly string[]
  /** What the store said of its root key when it was last read. */
  readonly state: () => RootKeyState
  /** Reads which root key is in force. */
  readonly look: () => Promise<void>
  /** The same store, which writes nothing after the lease before it has looked. */
  readonly fence: (store: Store) => Store
}

const otherKey = (recorded: string, { configured, new: next }: ConfiguredKeys) =>
  new OperatorError(
    'store',
    `the store is now under the root key ${idOfFingerprint(recorded)}…, and this process has ${[configured, next].flatMap(key => (key ? [`${key.id}…`] : [])).join(' and ')}: start it again with the right file in rootKeyFile`,
  )

async function readHeld(db: Store['read'], roots: ConfiguredKeys) {
  const state = await readRootKeyState(db)
  if (!state) throw new OperatorError('store', 'the store has lost the fingerprint of its root key')
  const present = [roots.configured, roots.new].find(key => key?.fingerprint === state.rootKey)
  if (!present) throw otherKey(state.rootKey, roots)
  const held = {
    present,
    next: present === roots.configured ? roots.new : null,
    kept: await readKeptKeys(db, present),
  }
  return { state, held }
}

/** Rows may still be under the former root key. */
export const isRotating = ({ switchedAt, rotatedAt }: Pick<RootKeyState, 'switchedAt' | 'rotatedAt'>) =>
  switchedAt !== null && rotatedAt === null

/** The keys as the store has them in force, read again and again: another process may replace the root key. */
export async function openKeyRing(
  store: Store,
  roots: ConfiguredKeys,
  clock: Pick<Clock, 'now'>,
): Promise<KeyRing> {
  let { state, held } = await store.snapshot(db => readHeld(db, roots))
  let lookedAt = Date.now()

  const readAgain = async () => {
    const began = Date.now()
    const now = await readRootKeyState(store.read)
    if (JSON.stringify(now) !== JSON.stringify(state))
      ({ state, held } = await store.snapshot(db => readHeld(db, roots)))
    lookedAt = began
  }
  let looking: Promise<void> | null = null
  const look = () => {
    looking ??= readAgain().finally(() => {
      looking = null
    })
    return looking
  }
  const beforeWrite = async () => {
    const { id } = held.present
    await look()
    // What this transaction is about to write may be sealed already, under the key that is not in force any more.
    if (held.present.id !== id)
      throw new OperatorError('store', 'the root key was replaced meanwhile: the request is to be made again')
  }
  return {
    keys: keysOf(() => {
      const now = clock.now()
      return { ...held, kept: held.kept.filter(one => hasNotEnded(one, now)) }
    }),
    roots,
    fingerprints: [roots.configured, roots.new].flatMap(key => (key ? [key.fingerprint] : [])),
    state: () => state,
    look,
    fence: inner => ({
      ...inner,
      transaction: async work => {
        if (Math.abs(Date.now() - lookedAt) > keyLease) await beforeWrite()
        return inner.transaction(work)
      },
    }),
  }
}
