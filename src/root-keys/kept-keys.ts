import { days } from '../clock.ts'
import { seal, unseal } from '../crypto/crypto.ts'
import { namedUses, ruleOf } from '../crypto/key-uses.ts'
import type { KeptKey, Keys, KeyUse, RootKey } from '../crypto/keys.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'

/** What is tried under both keys lives minutes; the longest, a sign-in at the institution's server, less than an hour. */
const triedFor = days(1)

const nameOf = (use: KeyUse, id: string) => `${use}.${id}`
const contextOf = (name: string) => `kept_keys.sealed.${name}`

const sealUnder = (root: RootKey, { use, id, key }: KeptKey, ends_at: number | null) => {
  const name = nameOf(use, id)
  const sealed = seal(root.of('seal-kept-keys'), contextOf(name), key.toString('base64url'))
  return { name, purpose: use, key_id: id, sealed, ends_at }
}

type Row = ReturnType<typeof sealUnder>

const openUnder = (root: RootKey, { name, purpose, key_id, sealed }: Omit<Row, 'ends_at'>): KeptKey => ({
  use: purpose as KeyUse,
  id: key_id,
  key: Buffer.from(unseal(root.of('seal-kept-keys'), contextOf(name), sealed), 'base64url'),
})

const rowsOf = (db: Store['read']) => db.selectFrom('kept_keys').selectAll().execute() as Promise<Row[]>

/** A key of a former root key, and when it ends; `null`: it stays. */
type HeldKey = KeptKey & { readonly endsAt: number | null }

/** The keys of former root keys that the store keeps under this one; the newest first. */
export async function readKeptKeys(db: Store['read'], root: RootKey): Promise<readonly HeldKey[]> {
  return (await rowsOf(db)).map(row => ({ ...openUnder(root, row), endsAt: row.ends_at }))
}

/** A key that is tried for a day ends at its time, also in a process that read it before. */
export const hasNotEnded = ({ endsAt }: Pick<HeldKey, 'endsAt'>, now: number) =>
  endsAt === null || endsAt > now

/** The keys of a root key that stay of use once another replaces it, and until when. */
function keysToKeep(keys: Keys, former: RootKey, uses: readonly KeyUse[], at: number) {
  return uses.flatMap(use => {
    const rule = ruleOf(use)
    if (use === 'seal-kept-keys' || rule === 'replaced') return []
    // A key that was carried before is kept already, under the id of the root key that gave it.
    if (rule === 'carried' && !keys.of(use).equals(former.of(use))) return []
    const kept: KeptKey = { use, id: former.id, key: former.of(use) }
    return [{ kept, endsAt: rule === 'both-tried' ? at + triedFor : null }]
  })
}

/**
 * Keeps what is still needed of the root key that is replaced, and of those before it, sealed under the new one: from this commit
 * on, the new root key alone opens all that the store holds. `uses`: those of the proofs besides the named ones.
 */
export async function keepFormerKeys(
  tx: Tx,
  deps: {
    readonly keys: Keys
    readonly former: RootKey
    readonly next: RootKey
    readonly uses: readonly KeyUse[]
    readonly at: number
  },
) {
  const { keys, former, next, uses, at } = deps
  const older = (await rowsOf(tx)).filter(({ ends_at }) => hasNotEnded({ endsAt: ends_at }, at))
  const rows = [
    ...older.map(row => sealUnder(next, openUnder(former, row), row.ends_at)),
    ...keysToKeep(keys, former, [...new Set([...namedUses, ...uses])], at).map(({ kept, endsAt }) =>
      sealUnder(next, kept, endsAt),
    ),
  ]
  await tx.deleteFrom('kept_keys').execute()
  await tx.insertInto('kept_keys').values(rows).execute()
}

/** Erases the former keys under which nothing lies any more. */
export const eraseUnusedKeys = (tx: Tx) =>
  tx
    .deleteFrom('kept_keys')
    .where(
      'purpose',
      'in',
      namedUses.filter(use => ruleOf(use) === 'sealed-anew'),
    )
    .execute()

export const keptKeyRetention: RetentionOf<'kept_keys'> = {
  kept_keys: {
    kept: 'as long as the store may hold what was made under it; it is sealed under the present root key',
    forget: (tx, now) => tx.deleteFrom('kept_keys').where('ends_at', '<', now).execute(),
  },
}
