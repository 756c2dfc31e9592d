import { hash, randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac, isSameSecret } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimiter } from '../../limits/rate-limiter.ts'
import { ok, type Result } from '../../result.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import { foldAnswer } from './fold.ts'
import { decoyQuestion, isQuestionKey, questionText } from './questions.ts'
import { type Claimant, createJokerTries, type Verdict } from './tries.ts'

/**
 * The joker: a question that the person chose, and its answer stored as Argon2id with a pepper. It does not depend on the
 * journey that uses it. A person without a joker, or an unknown subject, gets a decoy question, one hash and the same refusals.
 */
export type Comparison = { readonly right: boolean }

/** A stored answer; it cannot be reversed. */
export type AnswerHash = { readonly salt: string; readonly hash: string }

/**
 * Keyed digests of answers, for the rule that a password must not contain the joker's answer. The key is derived from the
 * journey's handle, which only the browser has, so the answer cannot be guessed from the row. A password has some three
 * hundred parts to digest, so a key of fixed length is prefixed to each and hashed once, which is cheaper than HMAC. Length
 * extension, the reason for HMAC, does not matter: digests are only compared with digests that this code has computed.
 */
export const createAnswerDigest = (handle: string) => {
  const key = hmac(Buffer.from(handle), 'answer')
  return (folded: string) => hash('sha256', `${key}${folded}`, 'base64url')
}

/** The salt for a subject without a joker, whose hash must cost the same as any other. */
const decoySalt = (keys: Keys, subject: string) => hmac(keys.of('decoy'), 'salt', subject).slice(0, 22)

/** The ids of the root keys that peppered the stored answers. */
export const jokerPeppers = async (db: Store['read']): Promise<readonly string[]> =>
  (await db.selectFrom('jokers').select('pepper').distinct().execute()).map(({ pepper }) => pepper)

export const createJoker = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  hashing: Hashing
  rateLimiter: RateLimiter
}) => {
  const { store, clock, keys, hashing } = deps
  const tries = createJokerTries(deps)

  const find = (holder: string) =>
    store.read.selectFrom('jokers').selectAll().where('person', '=', holder).executeTakeFirst()

  const hashFolded = (folded: string, salt: string, client: HashingClient) =>
    hashing.hash({ password: folded, salt, pepper: keys.of('joker-pepper'), ...client })

  return {
    tries,

    /** The person's own question, or a decoy that is stable for the typed input. */
    question: async (subject: string, person: PersonId | null, language: Language) => {
      const row = await find(person ?? subject)
      if (row?.free) return row.question
      const key = row?.question ?? decoyQuestion(keys.of('decoy'), subject)
      return isQuestionKey(key) ? questionText(key, language) : key
    },

    /** Whether this holder, known or not, has a joker. */
    exists: async (holder: string, db: Store['read'] = store.read) =>
      (await db
        .selectFrom('jokers')
        .select('person')
        .where('person', '=', holder)
        .limit(1)
        .executeTakeFirst()) !== undefined,

    /** When the person chose the joker, in milliseconds since 1970; `null`: there is none. */
    setAt: async (person: PersonId, db: Store['read'] = store.read): Promise<number | null> => {
      const row = await db
        .selectFrom('jokers')
        .select('set_at')
        .where('person', '=', person)
        .executeTakeFirst()
      return row?.set_at ?? null
    },

    /** One look-up and one hash for every subject. */
    compare: async (
      requested: HashingClient & { subject: string; person: PersonId | null },
      answer: string,
    ): Promise<Result<Comparison, HashRefusal>> => {
      const row = await find(requested.person ?? requested.subject)
      const hashed = await hashFolded(
        foldAnswer(answer),
        row?.salt ?? decoySalt(keys, requested.subject),
        requested,
      )
      if (!hashed.ok) return hashed
      const right =
        isSameSecret(hashed.hash, row?.hash ?? hashed.hash.replace(/./g, '-')) && requested.person !== null
      return ok({ right })
    },

    judge: (tx: Tx, claimant: Claimant, right: boolean): Promise<Verdict> => tries.judge(tx, claimant, right),

    set: async (
      tx: Tx,
      { kept, ...joker }: { person: PersonId; question: string; free: boolean; kept: AnswerHash },
    ) => {
      const values = { ...joker, ...kept, free: joker.free ? 1 : 0, pepper: keys.id, set_at: clock.now() }
      await tx
        .insertInto('jokers')
        .values(values)
        .onConflict(conflict => conflict.column('person').doUpdateSet(values))
        .execute()
    },

    /** Deletes the question, its answer and every wrong try; true when there was a joker. */
    clear: async (tx: Tx, person: PersonId) => {
      const removed = await tx.deleteFrom('jokers').where('person', '=', person).executeTakeFirst()
      await tries.clear(tx, person)
      return removed.numDeletedRows === 1n
    },

    /**
     * Hashes a new answer with its own salt, queued with the hashes of its network; those of the helpdesk have a
     * queue of their own.
     */
    hashAnswer: async (
      answer: string,
      client?: HashingClient,
    ): Promise<Result<{ kept: AnswerHash }, HashRefusal>> => {
      const salt = randomBytes(16).toString('base64url')
      const hashed = await hashFolded(foldAnswer(answer), salt, client ?? { network: 'desk', queueKey: salt })
      return hashed.ok ? ok({ kept: { salt, hash: hashed.hash } }) : hashed
    },
  }
}

export type Joker = ReturnType<typeof createJoker>

export const jokerRetention: RetentionOf<'jokers'> = {
  jokers: withAccount,
}
