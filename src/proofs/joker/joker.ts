import { hash, randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac, isSameSecret } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { hashedAgain, pepperKey, rehashed } from '../../crypto/peppers.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimiter } from '../../limits/rate-limiter.ts'
import type { Rekeying } from '../../rekeying.ts'
import { ok, type Result } from '../../result.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language, SayIn } from '../../texts/texts.ts'
import type { InPlace, PendingAnswer } from '../proof.ts'
import { foldAnswer } from './fold.ts'
import { decoyQuestion, isQuestionKey, questionText } from './questions.ts'
import { type Claimant, createJokerTries, type JokerTries, type Verdict } from './tries.ts'

/**
 * The joker: a question that the person chose, and its answer stored as Argon2id with a pepper. It does not depend on the
 * journey that uses it. A person without a joker, or an unknown subject, gets a decoy question, one hash and the same refusals.
 */
export type Comparison = { readonly right: boolean }

/** A stored answer; it cannot be reversed. `pepper`: the root key under which it was hashed. */
export type AnswerHash = { readonly salt: string; readonly hash: string; readonly pepper: string }

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

/** The ids of the root keys that peppered the stored answers. */
export const jokerPeppers = async (db: Store['read']): Promise<readonly string[]> =>
  (await db.selectFrom('jokers').select('pepper').distinct().execute()).map(({ pepper }) => pepper)

/** The salt for a subject without a joker, whose hash must cost the same as any other. */
const decoySalt = (keys: Keys, subject: string) => hmac(keys.of('decoy'), 'salt', subject).slice(0, 22)

type JokerDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly hashing: Hashing
  readonly rateLimiter: RateLimiter
  readonly sayIn: SayIn
}

/** Who answers: the hash is queued for the client, a wrong answer is counted for the claimant. */
export type JokerClaim = HashingClient & {
  readonly subject: string
  readonly person: PersonId | null
  readonly claimant: Claimant
}

type NewJoker = {
  readonly person: PersonId
  readonly question: string
  readonly free: boolean
  readonly kept: AnswerHash
}

function findJoker(store: Store, holder: string) {
  return store.read.selectFrom('jokers').selectAll().where('person', '=', holder).executeTakeFirst()
}

/** `pepper`: of the row with which the hash is compared. One hash, whichever it is. */
async function hashFolded(
  { keys, hashing }: Pick<JokerDeps, 'keys' | 'hashing'>,
  folded: string,
  { salt, pepper }: Omit<AnswerHash, 'hash'>,
  client: HashingClient,
): Promise<Result<{ hash: string }, HashRefusal>> {
  const key = pepperKey(keys, 'joker-pepper', pepper)
  const hashed = await hashing.hash({
    password: folded,
    salt,
    pepper: key ?? keys.of('joker-pepper'),
    ...client,
  })
  if (!hashed.ok) return hashed
  // An answer under a key that is not held cannot be compared: it is never right.
  return ok({ hash: key ? hashedAgain(keys, 'joker-pepper', pepper, hashed.hash) : '' })
}

async function questionOf(
  { store, keys, sayIn }: Pick<JokerDeps, 'store' | 'keys' | 'sayIn'>,
  subject: string,
  person: PersonId | null,
  language: Language,
) {
  const row = await findJoker(store, person ?? subject)
  if (row?.free) return row.question
  const key = row?.question ?? decoyQuestion(keys.of('decoy'), subject)
  return isQuestionKey(key) ? questionText(sayIn(language), key) : key
}

async function hasJoker(holder: string, db: Store['read']) {
  const row = await db
    .selectFrom('jokers')
    .select('person')
    .where('person', '=', holder)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function setAt(person: PersonId, db: Store['read']): Promise<number | null> {
  const row = await db.selectFrom('jokers').select('set_at').where('person', '=', person).executeTakeFirst()
  return row?.set_at ?? null
}

/** As long as a hash, of a character that none contains: who has no joker is compared with it, in the same time. */
const neverEqual = '.'.repeat(43)

type Compared = HashingClient & { subject: string; person: PersonId | null }

async function compareWith(
  deps: Pick<JokerDeps, 'keys' | 'hashing'>,
  row: AnswerHash | undefined,
  requested: Compared,
  answer: string,
): Promise<Result<Comparison, HashRefusal>> {
  const hashed = await hashFolded(
    deps,
    foldAnswer(answer),
    row ?? { salt: decoySalt(deps.keys, requested.subject), pepper: deps.keys.id },
    requested,
  )
  if (!hashed.ok) return hashed
  const right = isSameSecret(hashed.hash, row?.hash ?? neverEqual) && requested.person !== null
  return ok({ right })
}

/** For a person who has proved who they are: without a joker there is nothing to hide from them, and nothing is hashed. */
async function isAnswerOf(
  deps: Pick<JokerDeps, 'store' | 'keys' | 'hashing'>,
  person: PersonId,
  client: HashingClient,
  answer: string,
): Promise<Result<Comparison, HashRefusal>> {
  const row = await findJoker(deps.store, person)
  return row ? compareWith(deps, row, { subject: person, person, ...client }, answer) : ok({ right: false })
}

/**
 * Which answer is stored, by its salt, which it keeps under another root key. On PostgreSQL the row is locked: an answer that is judged
 * right is replaced or cleared after it only, so that its time is before that of the revocation (020).
 */
const storedSalt = ({ flavour }: Pick<Store, 'flavour'>, tx: Tx, holder: string) =>
  tx
    .selectFrom('jokers')
    .select('salt')
    .where('person', '=', holder)
    .$if(flavour === 'postgres', query => query.forShare())
    .$asScalar()

/** One look-up and one hash for every subject. */
async function verifyAnswer(
  deps: Pick<JokerDeps, 'store' | 'keys' | 'hashing'>,
  tries: JokerTries,
  { claimant, ...asked }: JokerClaim,
  typed: string,
): Promise<Result<{ answer: PendingAnswer<Verdict> }, HashRefusal>> {
  const holder = asked.person ?? asked.subject
  const row = await findJoker(deps.store, holder)
  const compared = await compareWith(deps, row, asked, typed)
  if (!compared.ok) return compared
  const answer: PendingAnswer<Verdict> = {
    judge: (tx, open) =>
      tries.judge(tx, claimant, {
        stored: storedSalt(deps.store, tx, holder),
        isRight: salt => compared.right && salt === row?.salt && open,
      }),
  }
  return ok({ answer })
}

async function setJoker({ clock }: Pick<JokerDeps, 'clock'>, tx: Tx, { kept, ...joker }: NewJoker) {
  const values = { ...joker, ...kept, free: joker.free ? 1 : 0, set_at: clock.now() }
  await tx
    .insertInto('jokers')
    .values(values)
    .onConflict(conflict => conflict.column('person').doUpdateSet(values))
    .execute()
}

/** The tries first, as where an answer is judged: PostgreSQL would abort one of two transactions that wait for each other. */
async function clearJoker(tries: Pick<JokerTries, 'clear'>, tx: Tx, person: PersonId) {
  await tries.clear(tx, person)
  const removed = await tx.deleteFrom('jokers').where('person', '=', person).executeTakeFirst()
  return removed.numDeletedRows === 1n
}

async function hashNewAnswer(
  deps: Pick<JokerDeps, 'keys' | 'hashing'>,
  answer: string,
  client: HashingClient | undefined,
): Promise<Result<{ kept: AnswerHash }, HashRefusal>> {
  const salt = randomBytes(16).toString('base64url')
  const pepper = deps.keys.id
  const hashed = await hashFolded(
    deps,
    foldAnswer(answer),
    { salt, pepper },
    client ?? { network: 'desk', queueKey: salt },
  )
  return hashed.ok ? ok({ kept: { salt, pepper, hash: hashed.hash } }) : hashed
}

export const createJoker = (deps: JokerDeps) => {
  const { store } = deps
  const tries = createJokerTries(deps)
  return {
    tries,

    /** The person's own question, or a decoy that is stable for the typed input. */
    question: (subject: string, person: PersonId | null, language: Language) =>
      questionOf(deps, subject, person, language),

    /** Whether this holder, known or not, has a joker. */
    exists: (holder: string, db: Store['read'] = store.read) => hasJoker(holder, db),

    /** When the person chose the joker, in milliseconds since 1970; `null`: there is none. */
    setAt: (person: PersonId, db: Store['read'] = store.read) => setAt(person, db),

    /** Whether this is the answer of a person who has proved who they are: one hash where they have a joker, else none. */
    isAnswerOf: (person: PersonId, client: HashingClient, answer: string) =>
      isAnswerOf(deps, person, client, answer),

    /** One look-up and one hash for every subject; the answer counts for the tries of the claimant. */
    verify: (claim: JokerClaim, typed: string) => verifyAnswer(deps, tries, claim, typed),

    describe: async (person: PersonId, db: Store['read'] = store.read): Promise<readonly InPlace[]> => {
      const since = await setAt(person, db)
      return since === null ? [] : [{ id: '', name: '', since }]
    },

    set: (tx: Tx, joker: NewJoker) => setJoker(deps, tx, joker),

    /** Deletes the question, its answer and every wrong try; true when there was a joker. */
    clear: (tx: Tx, person: PersonId) => clearJoker(tries, tx, person),

    /**
     * Hashes a new answer with its own salt, queued with the hashes of its network; those of the helpdesk have a
     * queue of their own.
     */
    hashAnswer: (answer: string, client?: HashingClient) => hashNewAnswer(deps, answer, client),
  }
}

/** Who of these people has one. */
export const jokerHolders = (db: Store['read'], people: readonly string[]) =>
  db.selectFrom('jokers').select('person').where('person', 'in', people).execute()

export type Joker = ReturnType<typeof createJoker>

export const jokerRetention: RetentionOf<'jokers'> = {
  jokers: withAccount('jokers'),
}

export const jokerRekeying: Rekeying<'jokers'> = {
  table: 'jokers',
  row: 'person',
  rekey: (keys, row) => rehashed(keys, 'joker-pepper', row),
}
