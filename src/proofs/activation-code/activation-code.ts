import { randomInt } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac, isSameSecret } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { hashedAgain, pepperKey, rehashed } from '../../crypto/peppers.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { Rekeying } from '../../rekeying.ts'
import { ok, type Result, refused } from '../../result.ts'
import { forgetExpired, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { unified } from '../../texts/unified.ts'
import type { InPlace, PendingAnswer, ProofDeps } from '../proof.ts'
import { createActivityReader, reopened } from './activity.ts'

/**
 * The activation code of an account: sixteen characters without those that are easily confused (no 0 O, no 1 I L, no U),
 * 78 bits, stored as a keyed digest. A person has at most one; a new one voids the former.
 */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 16

const draw = () => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** `ABCD-EFGH-JKMN-PQRS`, as it is printed. */
const grouped = (code: string) => code.replace(/.{4}(?=.)/g, '$&-')

/** Case, spaces and hyphens do not count. */
export const foldActivationCode = (typed: string) =>
  unified(typed)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '')

const codePattern = new RegExp(`^[${alphabet}]{${length}}$`)

type ActivationCodesDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly has: ProofDeps['has']
  /** Revokes what was proved by the former code. */
  readonly revokeProofs: (tx: Tx, person: PersonId) => Promise<unknown>
}

type RecordsDeps = Pick<ActivationCodesDeps, 'store' | 'clock' | 'keys'>
type TriesDeps = Pick<ActivationCodesDeps, 'store' | 'limits' | 'keys' | 'rateLimiter'>

type JudgedActivationCode =
  | { readonly verdict: 'right' }
  /** `until`: when no try is left, the time before which no code is checked. */
  | { readonly verdict: 'wrong'; readonly left: number; readonly until: number }

type StoredCode = { readonly pepper: string; readonly digest: string }

type AskedCode = { readonly subject: string; readonly person: PersonId | null }

/** `''`: under a key that is not held, so that no code is right. */
function digestOf(keys: Keys, pepper: string, holder: string, code: string) {
  const key = pepperKey(keys, 'activation-pepper', pepper)
  return key
    ? hashedAgain(keys, 'activation-pepper', pepper, hmac(key, holder, foldActivationCode(code)))
    : ''
}

function findActivation(store: Store, holder: string, db: Store['read'] = store.read) {
  return db
    .selectFrom('activations')
    .select(['because', 'at'])
    .where('person', '=', holder)
    .executeTakeFirst()
}

async function makeCode(deps: ActivationCodesDeps, tx: Tx, person: PersonId, life: number, code: string) {
  const { clock, keys } = deps
  await deps.revokeProofs(tx, person)
  const now = clock.now()
  const pepper = keys.id
  const row = {
    digest: digestOf(keys, pepper, person, code),
    pepper,
    made_at: now,
    expires_at: now + life,
    used_at: null,
  }
  await tx
    .insertInto('activation_codes')
    .values({ person, ...row })
    .onConflict(conflict => conflict.column('person').doUpdateSet(row))
    .execute()
  return code
}

/** One digest, whether there is a code or not. */
function isCodeOf(keys: Keys, row: StoredCode | undefined, holder: string, typed: string) {
  return isSameSecret(digestOf(keys, row?.pepper ?? keys.id, holder, typed), row?.digest ?? '-'.repeat(43))
}

/** Whether the code that was read is still the one in force. Its row is locked, so that another replaces it after this transaction only. */
async function isStillCode({ keys }: Pick<RecordsDeps, 'keys'>, tx: Tx, person: string, typed: string) {
  const row = await tx
    .updateTable('activation_codes')
    .set({ person })
    .where('person', '=', person)
    .returning(['pepper', 'digest'])
    .executeTakeFirst()
  return isCodeOf(keys, row, person, typed)
}

async function compareCode({ store, clock, keys }: RecordsDeps, asked: AskedCode, typed: string) {
  const holder = asked.person ?? asked.subject
  const row = await store.read
    .selectFrom('activation_codes')
    .selectAll()
    .where('person', '=', holder)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  const right = isCodeOf(keys, row, holder, typed)
  if (!right || !row || asked.person === null) return null
  return row.used_at === null ? ('live' as const) : ('used' as const)
}

function rateLimitOf(limits: Limits): RateLimit {
  return { name: 'activation-code', window: limits.activationWindow }
}

function triesKeyOf(keys: Keys, subject: string, network: string) {
  return hmac(keys.of('subject'), 'activation', subject, network)
}

async function triesLeft(deps: TriesDeps, subject: string, network: string, db: Store['read']) {
  const { limits, keys, rateLimiter } = deps
  const rateLimit = rateLimitOf(limits)
  const key = triesKeyOf(keys, subject, network)
  return {
    left: Math.max(0, limits.activationTries - (await rateLimiter.count(rateLimit, key, db))),
    until: await rateLimiter.opensAt(rateLimit, key, limits.activationTries, db),
  }
}

async function spendTry(deps: TriesDeps, tx: Tx, subject: string, network: string) {
  const before = await triesLeft(deps, subject, network, tx)
  // A code that is not checked is not counted, so the announced time stays right when somebody continues to try.
  if (before.left === 0) return before
  await deps.rateLimiter.hit(tx, rateLimitOf(deps.limits), triesKeyOf(deps.keys, subject, network))
  return triesLeft(deps, subject, network, tx)
}

/**
 * The tries are counted for the subject and its network. `found`: what the code matches, `used` where it was accepted before.
 * What cannot be a code is no guess: it is refused before any look-up, so for everybody alike, and costs no try.
 */
type ReadActivationCode = Result<
  { found: 'live' | 'used' | null; answer: PendingAnswer<JudgedActivationCode> },
  'activation-code-form'
>

async function verifyCode(
  deps: RecordsDeps & TriesDeps,
  { network, ...asked }: AskedCode & { readonly network: string },
  typed: string,
): Promise<ReadActivationCode> {
  if (!codePattern.test(foldActivationCode(typed))) return refused('activation-code-form')
  const found = await compareCode(deps, asked, typed)
  const judge = async (tx: Tx, open: boolean): Promise<JudgedActivationCode> => {
    const { left } = await triesLeft(deps, asked.subject, network, tx)
    const isRight = found !== null && open && left > 0
    if (isRight && (await isStillCode(deps, tx, asked.person ?? '', typed))) return { verdict: 'right' }
    return { verdict: 'wrong', ...(await spendTry(deps, tx, asked.subject, network)) }
  }
  return ok({ found, answer: { judge } })
}

async function describeCode(
  { clock }: Pick<RecordsDeps, 'clock'>,
  person: PersonId,
  db: Store['read'],
): Promise<readonly InPlace[]> {
  const row = await db
    .selectFrom('activation_codes')
    .select('made_at')
    .where('person', '=', person)
    .where('used_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  return row ? [{ id: '', name: '', since: row.made_at }] : []
}

async function markCodeUsed(tx: Tx, person: PersonId, at: number) {
  await tx
    .updateTable('activation_codes')
    .set({ used_at: at })
    .where('person', '=', person)
    .where('used_at', 'is', null)
    .execute()
}

async function closeActivation(
  clock: Clock,
  tx: Tx,
  person: PersonId,
  because: 'activation' | 'session' | 'joker',
) {
  const at = clock.now()
  await markCodeUsed(tx, person, at)
  await tx
    .insertInto('activations')
    .values({ person, at, because })
    .onConflict(conflict =>
      conflict.column('person').doUpdateSet({ at, because }).where('activations.because', '=', reopened),
    )
    .execute()
}

async function reopenActivation(clock: Clock, tx: Tx, person: PersonId) {
  const row = { at: clock.now(), because: reopened }
  // An earlier code may be in somebody else's hands, so it is voided and the helpdesk issues another.
  await markCodeUsed(tx, person, row.at)
  await tx
    .insertInto('activations')
    .values({ person, ...row })
    .onConflict(conflict => conflict.column('person').doUpdateSet(row))
    .execute()
}

export const createActivationCodes = (deps: ActivationCodesDeps) => {
  const { store, clock, limits, has } = deps
  return {
    /** A new code, as it is printed; nothing is stored. */
    draw: () => grouped(draw()),

    /** Stores a code as the only one of this person. The former one is void from now on, and so is a journey that it opened. */
    make: (tx: Tx, person: PersonId, life: number, code = grouped(draw())) =>
      makeCode(deps, tx, person, life, code),

    /** Whether this is the code of the person, and not used. */
    isLive: async (person: PersonId, code: string) =>
      (await compareCode(deps, { subject: '', person }, code)) === 'live',

    /**
     * One look-up and one digest for every subject. A wrong code is counted by subject and network: 78 bits cannot be guessed,
     * so locking out the owner together with an attacker on another network would gain nothing. A right one is not used up
     * here: `close` does that, with the password that it allowed.
     */
    verify: (asked: AskedCode & { readonly network: string }, typed: string) =>
      verifyCode(deps, asked, typed),

    /** The code that can still be typed. */
    describe: (person: PersonId, db: Store['read'] = store.read) => describeCode(deps, person, db),

    /** `until`: when no try is left, the time before which no code is checked. */
    left: (subject: string, network: string, db: Store['read'] = store.read) =>
      triesLeft(deps, subject, network, db),

    /** Marks the account as active, for this reason, and its code as used. */
    close: (tx: Tx, person: PersonId, because: 'activation' | 'session' | 'joker') =>
      closeActivation(clock, tx, person, because),

    /**
     * Lets a new code activate the account again: its owner has lost every means of recovery, and the helpdesk has
     * identified them.
     */
    reopen: (tx: Tx, person: PersonId) => reopenActivation(clock, tx, person),

    /** Whether the helpdesk reopened the account's activation and it was not activated since. */
    isReopened: async (person: PersonId, db?: Store['read']) =>
      (await findActivation(store, person, db))?.because === reopened,

    /** Why the account is active, and whether its owner can recover it without the helpdesk (`activity.ts`). */
    activity: createActivityReader({
      clock,
      limits,
      has,
      findActivation: (holder, db) => findActivation(store, holder, db),
    }),
  }
}

export type ActivationCodes = ReturnType<typeof createActivationCodes>

export const activationRetention: RetentionOf<'activation_codes' | 'activations'> = {
  activation_codes: forgetExpired('activation_codes'),
  activations: withAccount('activations'),
}

export const activationRekeying: Rekeying<'activation_codes'> = {
  table: 'activation_codes',
  row: 'person',
  rekey: (keys, { digest, pepper }) => {
    const made = rehashed(keys, 'activation-pepper', { pepper, hash: digest })
    return made && { pepper: made.pepper, digest: made.hash }
  },
}
