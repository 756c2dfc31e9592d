import { newId } from '../crypto/crypto.ts'
import type { Store, Tx } from '../store/store.ts'

/** The three most recently chosen passwords, the current one included, as Argon2id under the person's salt. */
const historyLength = 3

/** `pepper` is the id of the key that peppered the hash: hashes under another key cannot be compared. */
type HashedPassword = { readonly hash: string; readonly pepper: string }

type PasswordHistory = { readonly salt: string | null; readonly hashes: readonly HashedPassword[] }

/** Newest first. The salt is null as long as the person has no row. */
export const readHistory = async (store: Store, person: string): Promise<PasswordHistory> => {
  const row = await store.read
    .selectFrom('people')
    .select('salt')
    .where('person', '=', person)
    .executeTakeFirst()
  const hashes = await store.read
    .selectFrom('password_history')
    .select(['hash', 'pepper'])
    .where('person', '=', person)
    .orderBy('chosen_at', 'desc')
    .limit(historyLength)
    .execute()
  return { salt: row?.salt ?? null, hashes }
}

/** Adds the password just written, and deletes those older than the last three in the same transaction. */
export const recordInHistory = async (
  tx: Tx,
  chosen: HashedPassword & { readonly person: string; readonly at: number },
) => {
  const { person, hash, pepper, at } = chosen
  const before = await tx
    .selectFrom('password_history')
    .select(['id', 'chosen_at'])
    .where('person', '=', person)
    .orderBy('chosen_at', 'desc')
    .execute()
  // A clock set back must not make the newest password look older than those before it.
  const chosen_at = Math.max(at, (before[0]?.chosen_at ?? 0) + 1)
  await tx.insertInto('password_history').values({ id: newId(), person, hash, pepper, chosen_at }).execute()
  const old = before.slice(historyLength - 1).map(({ id }) => id)
  if (old.length > 0) await tx.deleteFrom('password_history').where('id', 'in', old).execute()
}
