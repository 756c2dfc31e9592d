import { hkdfSync } from 'node:crypto'
import { seal, unseal } from './crypto.ts'
import { type KeyUse, ruleOf } from './key-uses.ts'

export type { KeyUse } from './key-uses.ts'

/** All keys that one root key gives: derived by HKDF, one per use (NIST SP 800-56C). */
export type RootKey = {
  /** The id of the root key in stored rows. */
  readonly id: string
  /** Says whether two root keys are the same, and reveals nothing of them. Kept in the store and in backups. */
  readonly fingerprint: string
  readonly of: (use: KeyUse) => Buffer
}

export const idOfFingerprint = (fingerprint: string) => fingerprint.slice(0, 8)

/**
 * The keys of the product. While the root key is replaced (docs/decisions/024-root-key-rotation.md), and for what was hashed or
 * linked before, a use has several.
 */
export type Keys = RootKey & {
  /** The ids of the root keys of which something is held; first the one for new values. */
  readonly ids: () => readonly string[]
  /** Every key under which a value of this use may lie in the store; first the one for new values. */
  readonly all: (use: KeyUse) => readonly Buffer[]
  /** Those of them under which a value may have been made lately; of a former root key only while rows may be under it. */
  readonly live: (use: KeyUse) => readonly Buffer[]
  /** The key of this use that the root key of this id gives; `null`: it is not held, or not any more. */
  readonly by: (id: string, use: KeyUse) => Buffer | null
  /** Whether values that were made last under this root key are accepted: the present one, or the former while rows wait. */
  readonly accepts: (id: string) => boolean
}

/** A key that was derived from a former root key. */
export type KeptKey = { readonly use: KeyUse; readonly id: string; readonly key: Buffer }

export const rootKeyFrom = (root: Buffer): RootKey => {
  const of = (use: KeyUse | 'id') => Buffer.from(hkdfSync('sha256', root, 'sesame', use, 32))
  const derived = new Map<KeyUse, Buffer>()
  const fingerprint = of('id').toString('base64url').slice(0, 22)
  return {
    id: idOfFingerprint(fingerprint),
    fingerprint,
    of: use => {
      const known = derived.get(use) ?? of(use)
      derived.set(use, known)
      return known
    },
  }
}

/** Which root key is written under, and what else is read. `next`: it is read before this process knows that it is written under. */
export type HeldKeys = {
  readonly present: RootKey
  readonly next: RootKey | null
  /** A key of a use that is sealed anew is kept as long as rows may be under its root key, and no longer. */
  readonly kept: readonly KeptKey[]
}

const isDefined = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined

/** The keys as `held` has them at each call. */
export const keysOf = (held: () => HeldKeys): Keys => {
  const keptOf = (use: KeyUse) => held().kept.filter(one => one.use === use)
  const of = (use: KeyUse) =>
    (ruleOf(use) === 'carried' ? keptOf(use)[0]?.key : undefined) ?? held().present.of(use)
  const ids = () => {
    const { present, next, kept } = held()
    return [...new Set([present.id, next?.id, ...kept.map(({ id }) => id)].filter(isDefined))]
  }
  const by = (id: string, use: KeyUse) => {
    const { present, next } = held()
    const root = [present, next].find(one => one?.id === id)
    return root ? root.of(use) : (keptOf(use).find(one => one.id === id)?.key ?? null)
  }
  const accepts = (id: string) => {
    const { present, next, kept } = held()
    const isFormer = kept.some(one => one.id === id && ruleOf(one.use) === 'sealed-anew')
    return id === present.id || id === next?.id || isFormer
  }
  const keysOfIds = (use: KeyUse, some: readonly string[]) =>
    ruleOf(use) === 'carried' ? [of(use)] : some.map(id => by(id, use)).filter(isDefined)
  return {
    get id() {
      return held().present.id
    },
    get fingerprint() {
      return held().present.fingerprint
    },
    of,
    ids,
    all: use => keysOfIds(use, ids()),
    live: use => keysOfIds(use, ids().filter(accepts)),
    by,
    accepts,
  }
}

/** The keys of one root key, which replaces none. */
export const keysFrom = (root: Buffer): Keys => {
  const present = rootKeyFrom(root)
  return keysOf(() => ({ present, next: null, kept: [] }))
}

/** Opens a value that any of the keys of this use may have sealed. */
export const unsealUnder = (keys: Keys, use: KeyUse, context: string, sealed: string) => {
  const [last, ...others] = [...keys.all(use)].reverse()
  for (const key of others.reverse())
    try {
      return unseal(key, context, sealed)
    } catch {
      // It is under another of them.
    }
  return unseal(last ?? keys.of(use), context, sealed)
}

/** Whether a value is sealed under the key for new values; throws when it opens under none. */
export const isSealedAnew = (keys: Keys, use: KeyUse, context: string, sealed: string) => {
  try {
    unseal(keys.of(use), context, sealed)
    return true
  } catch {
    unsealUnder(keys, use, context, sealed)
    return false
  }
}

/** The same value under the key for new values; throws when it opens under none. */
export const sealedAnew = (keys: Keys, use: KeyUse, context: string, sealed: string) =>
  isSealedAnew(keys, use, context, sealed)
    ? sealed
    : seal(keys.of(use), context, unsealUnder(keys, use, context, sealed))
