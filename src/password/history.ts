import { newId } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import { completed, hashedAgain, pepperKey, rehashed, underPresentKey } from '../crypto/peppers.ts'
import type { Rekeying } from '../rekeying.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'

/** `pepper` is the id of the key that peppered the hash: hashes under another key cannot be compared. */
type HashedPassword = { readonly hash: string; readonly pepper: string }

/**
 * The hashes with which one hash of a candidate can be compared: all those of a person are under one pepper, that of the oldest,
 * also after the root key was replaced. `key`: that pepper; the next hash gets it too.
 */
export const comparedHistory = (keys: Keys, history: readonly HashedPassword[]) => {
  const pepper = history.find(row => pepperKey(keys, 'history-pepper', row.pepper))?.pepper ?? keys.id
  const key = pepperKey(keys, 'history-pepper', pepper) ?? keys.of('history-pepper')
  const rows = history.filter(row => pepperKey(keys, 'history-pepper', row.pepper)?.equals(key))
  return { key, pepper, rows }
}

/** A hash that waits for its row, as `pepper:hash`: it is recorded once the password is accepted, perhaps after a kill. */
export const historyHash = (keys: Keys, { pepper, hash }: HashedPassword) => {
  const full = completed(keys, pepper)
  return `${full}:${hashedAgain(keys, 'history-pepper', full, hash)}`
}

/** Reads one; a version before wrote the hash alone. */
const parseHistoryHash = (keys: Keys, text: string): HashedPassword => {
  const [pepper = '', hash] = text.split(':')
  return hash === undefined ? { pepper: keys.id, hash: text } : { pepper, hash }
}

/** One as its row is to hold it, also where the root key was replaced since it was made. */
export const readHistoryHash = (keys: Keys, text: string): HashedPassword =>
  underPresentKey(keys, 'history-pepper', parseHistoryHash(keys, text))

/** The same hash under the present root key; `null`: it is. */
export const rekeyedHistoryHash = (keys: Keys, text: string) => {
  const made = rehashed(keys, 'history-pepper', parseHistoryHash(keys, text))
  return made && `${made.pepper}:${made.hash}`
}

/** The most recently chosen passwords, the current one included, as Argon2id under the person's salt; newest first. */
export const readHistory = (store: Store, person: string, kept: number): Promise<readonly HashedPassword[]> =>
  store.read
    .selectFrom('password_history')
    .select(['hash', 'pepper'])
    .where('person', '=', person)
    .orderBy('chosen_at', 'desc')
    .limit(kept)
    .execute()

/** The ids of the root keys that peppered the stored hashes. */
export const historyPeppers = async (db: Store['read']): Promise<readonly string[]> =>
  (await db.selectFrom('password_history').select('pepper').distinct().execute()).map(({ pepper }) => pepper)

const newestFirst = (db: Store['read'], person: string) =>
  db
    .selectFrom('password_history')
    .select('id')
    .where('person', '=', person)
    .orderBy('chosen_at', 'desc')
    .limit(1000)

/** The password that a new one pushes out of the history, where the history is full. */
export const oldestKept = (db: Store['read'], person: string, kept: number) =>
  newestFirst(db, person).offset(Math.max(kept - 1, 0))

type Chosen = HashedPassword & { readonly person: string; readonly at: number; readonly kept: number }

/**
 * Adds the password just written, and deletes those beyond the `kept` newest in the same transaction. `isFull`: false where the
 * history is known to hold fewer.
 */
export const recordInHistory = async (tx: Tx, { person, hash, pepper, at, kept }: Chosen, isFull = true) => {
  await tx
    .insertInto('password_history')
    .columns(['id', 'person', 'hash', 'pepper', 'chosen_at'])
    .expression(eb =>
      eb
        .selectFrom('password_history')
        .select(({ val, fn, cast }) => [
          cast<string>(val(newId()), 'text').as('id'),
          cast<string>(val(person), 'text').as('person'),
          cast<string>(val(hash), 'text').as('hash'),
          cast<string>(val(pepper), 'text').as('pepper'),
          // A clock set back must not make the newest password look older than those before it.
          eb
            .case()
            .when(fn.max('chosen_at'), '>=', at)
            .then(eb(fn.max('chosen_at'), '+', 1))
            .else(cast<number>(val(at), 'bigint'))
            .end()
            .as('chosen_at'),
        ])
        .where('person', '=', person),
    )
    .execute()
  if (!isFull) return
  const old = newestFirst(tx, person).offset(kept)
  await tx.deleteFrom('password_history').where('id', 'in', old).execute()
}

/** Looked for outside the transaction that deletes: the search takes as long as there are people, and mostly finds nothing. */
const findSurplus = (db: Store['read'], kept: number) =>
  db
    .selectFrom('password_history as old')
    .select('old.id')
    .where(
      eb =>
        eb
          .selectFrom('password_history as newer')
          .select(newer => newer.fn.countAll<number>().as('newer'))
          .whereRef('newer.person', '=', 'old.person')
          .whereRef('newer.chosen_at', '>', 'old.chosen_at'),
      '>=',
      kept,
    )
    .limit(1000)
    .execute()

const eraseSome = async (store: Store, kept: number) => {
  const surplus = (await findSurplus(store.read, kept)).map(({ id }) => id)
  if (surplus.length === 0) return 0
  await store.transaction(tx => tx.deleteFrom('password_history').where('id', 'in', surplus).execute())
  return surplus.length
}

/**
 * Erases all hashes but the `kept` newest of each person, where fewer are kept than before, in short transactions, since nobody waits for
 * it; returns how many there were.
 */
export const trimHistory = async (store: Store, kept: number): Promise<number> => {
  let erased = 0
  for (let some = await eraseSome(store, kept); some > 0; some = await eraseSome(store, kept)) erased += some
  return erased
}

export const historyRetention: RetentionOf<'password_history'> = {
  password_history: withAccount('password_history'),
}

export const historyRekeying: Rekeying<'password_history'> = {
  table: 'password_history',
  row: 'id',
  rekey: (keys, row) => rehashed(keys, 'history-pepper', row),
}
