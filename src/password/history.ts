import { newId } from '../crypto/crypto.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'

/** The three most recently chosen passwords, the current one included, as Argon2id under the person's salt. */
const historyLength = 3

/** `pepper` is the id of the key that peppered the hash: hashes under another key cannot be compared. */
type HashedPassword = { readonly hash: string; readonly pepper: string }

/** Newest first. */
export const readHistory = (store: Store, person: string): Promise<readonly HashedPassword[]> =>
  store.read
    .selectFrom('password_history')
    .select(['hash', 'pepper'])
    .where('person', '=', person)
    .orderBy('chosen_at', 'desc')
    .limit(historyLength)
    .execute()

/** When the person last chose a password here, in milliseconds since 1970; `null`: never. */
export const lastChosenAt = async (db: Store['read'], person: string): Promise<number | null> => {
  const row = await db
    .selectFrom('password_history')
    .select(eb => eb.fn.max('chosen_at').as('at'))
    .where('person', '=', person)
    .executeTakeFirst()
  return row?.at ?? null
}

/** Whether the person ever chose a password here. */
export const hasHistory = async (db: Store['read'], holder: string): Promise<boolean> =>
  (await db
    .selectFrom('password_history')
    .select('person')
    .where('person', '=', holder)
    .limit(1)
    .executeTakeFirst()) !== undefined

/** The ids of the root keys that peppered the stored hashes. */
export const historyPeppers = async (db: Store['read']): Promise<readonly string[]> =>
  (await db.selectFrom('password_history').select('pepper').distinct().execute()).map(({ pepper }) => pepper)

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

export const historyRetention: RetentionOf<'password_history'> = {
  password_history: withAccount('password_history'),
}
