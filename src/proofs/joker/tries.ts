import type { AliasableExpression } from 'kysely'
import { type Clock, hours } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Network } from '../../limits/network.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { DeleteByAge, RetentionOf } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'

/**
 * Whose tries are counted: a subject, in the browsers of strangers (`browser: ''`) or in one known browser of the subject.
 */
export type Claimant = {
  readonly subject: string
  readonly browser: string
  /**
   * Id of a known browser in which the answer is counted in addition: one of another person on a shared computer, or one of the
   * subject itself when its known browsers have used up their tries.
   */
  readonly sharedBrowser?: string
  readonly network: string
}

export type Verdict =
  | { readonly verdict: 'right' }
  | { readonly verdict: 'wrong' }
  | { readonly verdict: 'suspended'; readonly until: number; readonly justNow: boolean }

const sharedBrowserPrefix = 'beside '
/** In `joker_tries` and `joker_suspensions`: the browser's id, with a prefix when it is the known browser of another person. */
const sharedBrowserKey = ({ browser, sharedBrowser }: Claimant) =>
  browser || `${sharedBrowserPrefix}${sharedBrowser}`

/** An answer that was hashed and compared before it is judged. `stored`: which one is stored by then, kept until the transaction ends. */
export type ComparedAnswer = {
  readonly stored: AliasableExpression<string | null>
  readonly isRight: (stored: string | null) => boolean
}

/** Locks the claimant's row: concurrent guesses are judged one after the other, on PostgreSQL too. */
const lockClaimant = (tx: Tx, { subject, browser }: Claimant, at: number) =>
  tx
    .insertInto('joker_suspensions')
    .values({ subject, browser, level: 0, until: 0, at })
    .onConflict(conflict => conflict.columns(['subject', 'browser']).doUpdateSet({ at }))
    .returning(['level', 'until'])

const wrongSince = async (db: Store['read'], { subject, browser }: Claimant, since: number) => {
  const row = await db
    .selectFrom('joker_tries')
    .select(eb => eb.fn.countAll<number>().as('wrong'))
    .where('subject', '=', subject)
    .where('browser', '=', browser)
    .where('at', '>', since)
    .executeTakeFirst()
  return Number(row?.wrong ?? 0)
}

/** 24 h, then 48, 96 … at most 30 days: a patient attacker has about 85 guesses a year. */
const suspensionOf = (limits: Limits, level: number) =>
  Math.min(limits.jokerSuspension * 2 ** (level - 1), limits.jokerLongestSuspension)

type JokerTriesDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly rateLimiter: RateLimiter
}

type LockedClaimant = Claimant & { readonly level: number }

const networkLimit: RateLimit = { name: 'joker-wrong', window: hours(24) }

function triesAllowed(limits: Limits, claimant: Claimant) {
  return claimant.browser ? limits.jokerTriesKnownBrowser : limits.jokerTries
}

/**
 * Every sign-in makes a browser known, so an attacker with the password could make many and guess in each. Beyond a total of
 * tries in all known browsers, an answer from one counts as a stranger's. Browsers forgotten meanwhile still count.
 */
async function countedAs(
  { clock, limits }: Pick<JokerTriesDeps, 'clock' | 'limits'>,
  db: Store['read'],
  claimant: Claimant,
): Promise<Claimant> {
  if (claimant.browser === '') return claimant
  const tries = await db
    .selectFrom('joker_tries')
    .select('browser')
    .where('subject', '=', claimant.subject)
    .where('browser', '!=', '')
    .where('at', '>', clock.now() - limits.jokerWindow)
    .execute()
  const wrong = tries.filter(({ browser }) => !browser.startsWith(sharedBrowserPrefix)).length
  if (wrong < limits.jokerTriesKnownBrowsers) return claimant
  return { ...claimant, browser: '', sharedBrowser: claimant.browser }
}

/**
 * On a shared computer, the cookie of the previous person allows three tries for that person. With more tries for other
 * subjects, the next user would learn from the difference which date of birth is the previous person's. So answers about
 * other subjects count as a stranger's, and in addition their question is suspended in this browser after three tries too.
 */
async function lockSharedBrowser(
  tx: Tx,
  requested: Claimant,
  { sharedBrowser, subject, network }: Claimant,
  now: number,
) {
  if (!sharedBrowser) return null
  const claimant = { subject, network, browser: sharedBrowserKey(requested) }
  return { ...claimant, ...(await lockClaimant(tx, claimant, now).executeTakeFirstOrThrow()) }
}

/**
 * Strangers may use up the limit of a network. A known browser must not be locked out by that at once. It does not matter to
 * which person the browser is known: if only that person's date of birth were admitted, the difference would reveal it.
 */
function admitKnownBrowser(
  { store, limits, rateLimiter }: Pick<JokerTriesDeps, 'store' | 'limits' | 'rateLimiter'>,
  browser: string,
) {
  const rateLimit: RateLimit = { name: 'joker-known', window: limits.jokerWindow }
  const limit = limits.jokerTriesKnownBrowser
  return store.transaction(
    async tx => (await rateLimiter.admit(tx, [{ rateLimit, key: browser, limit, reason: 'full' }])) === null,
  )
}

async function networkOpensAt(deps: JokerTriesDeps, { id, campus }: Network, claimant: Claimant | undefined) {
  const { clock, limits, rateLimiter } = deps
  const limit = limits.jokerWrongPerNetwork * (campus ? limits.campusFactor : 1)
  const until = await rateLimiter.opensAt(networkLimit, id, limit)
  if (until <= clock.now()) return null
  const known = claimant?.browser || claimant?.sharedBrowser
  return known && (await admitKnownBrowser(deps, known)) ? null : until
}

async function suspend(
  { clock, limits }: Pick<JokerTriesDeps, 'clock' | 'limits'>,
  tx: Tx,
  claimant: Claimant,
  level: number,
) {
  const until = clock.now() + suspensionOf(limits, level)
  await tx
    .updateTable('joker_suspensions')
    .set({ level, until })
    .where('subject', '=', claimant.subject)
    .where('browser', '=', claimant.browser)
    .execute()
  return until
}

/** Records one wrong answer and returns the number in the current window. */
async function recordWrong(
  { clock, limits }: Pick<JokerTriesDeps, 'clock' | 'limits'>,
  tx: Tx,
  { subject, browser, network }: Claimant,
) {
  const at = clock.now()
  const before = await wrongSince(tx, { subject, browser, network }, at - limits.jokerWindow)
  await tx.insertInto('joker_tries').values({ id: newId(), subject, browser, network, at }).execute()
  return before + 1
}

/** Counts a wrong answer, and suspends the question after the last try: for this claimant, or in this browser only. */
async function countWrong(
  deps: JokerTriesDeps,
  tx: Tx,
  claimant: LockedClaimant,
  sharedBrowser: LockedClaimant | null,
): Promise<Verdict> {
  const { limits, rateLimiter } = deps
  const [wrong, wrongInSharedBrowser] = [
    await recordWrong(deps, tx, claimant),
    sharedBrowser ? await recordWrong(deps, tx, sharedBrowser) : 0,
  ]
  await rateLimiter.hit(tx, networkLimit, claimant.network)
  const suspendsInBrowser = sharedBrowser !== null && wrongInSharedBrowser >= limits.jokerTriesKnownBrowser
  const untilInBrowser = suspendsInBrowser
    ? await suspend(deps, tx, sharedBrowser, sharedBrowser.level + 1)
    : 0
  if (wrong < triesAllowed(limits, claimant))
    return suspendsInBrowser
      ? { verdict: 'suspended', until: untilInBrowser, justNow: false }
      : { verdict: 'wrong' }
  const until = await suspend(deps, tx, claimant, claimant.level + 1)
  return { verdict: 'suspended', until: Math.max(until, untilInBrowser), justNow: true }
}

async function judgeAnswer(
  deps: JokerTriesDeps,
  tx: Tx,
  requested: Claimant,
  { stored, isRight }: ComparedAnswer,
): Promise<Verdict> {
  const { clock, rateLimiter } = deps
  const now = clock.now()
  // The common row of the subject: concurrent answers from several known browsers are judged one after the other.
  const commonRow = await lockClaimant(tx, { ...requested, browser: '' }, now)
    .returning(stored.as('stored'))
    .executeTakeFirstOrThrow()
  const claimant = await countedAs(deps, tx, requested)
  const row =
    claimant.browser === '' ? commonRow : await lockClaimant(tx, claimant, now).executeTakeFirstOrThrow()
  const sharedBrowser = await lockSharedBrowser(tx, requested, claimant, now)
  const closedUntil = Math.max(row.until, sharedBrowser?.until ?? 0)
  if (closedUntil > now) {
    // Each answer costs a hash and rows, right or wrong, so answers to a suspended question count for the network's limit too.
    await rateLimiter.hit(tx, networkLimit, claimant.network)
    return { verdict: 'suspended', until: closedUntil, justNow: false }
  }
  if (isRight(commonRow.stored)) return { verdict: 'right' }
  return countWrong(deps, tx, { ...claimant, level: row.level }, sharedBrowser)
}

async function clearTries(tx: Tx, subject: string) {
  await tx.deleteFrom('joker_tries').where('subject', '=', subject).execute()
  await tx.deleteFrom('joker_suspensions').where('subject', '=', subject).execute()
}

async function suspendedUntil(
  { store, clock }: JokerTriesDeps,
  requested: Claimant,
  claimant: Claimant,
): Promise<number | null> {
  const row = await store.read
    .selectFrom('joker_suspensions')
    .select(eb => eb.fn.max<number>('until').as('until'))
    .where('subject', '=', claimant.subject)
    .where('browser', 'in', [
      claimant.browser,
      ...(claimant.sharedBrowser ? [sharedBrowserKey(requested)] : []),
    ])
    .executeTakeFirst()
  const until = Number(row?.until ?? 0)
  return until > clock.now() ? until : null
}

export const createJokerTries = (deps: JokerTriesDeps) => ({
  /**
   * `null`, or the time until which this network is refused because of too many wrong answers about any subjects. No row of a
   * try is deleted early to bound the table instead: a flood of invented numbers could then erase the tries of real people.
   */
  networkOpensAt: (network: Network, claimant?: Claimant) => networkOpensAt(deps, network, claimant),

  /**
   * Judges one answer, already hashed and compared. Right answers are not counted, wrong ones are never forgiven by
   * a success, and while the question is suspended even a right answer is refused.
   */
  judge: (tx: Tx, requested: Claimant, compared: ComparedAnswer) =>
    judgeAnswer(deps, tx, requested, compared),

  /** Deletes the wrong answers about this subject and every suspension of its question. */
  clear: (tx: Tx, subject: string) => clearTries(tx, subject),

  /** Until when the question is suspended for this claimant; `null`: it is not. */
  suspendedUntil: async (requested: Claimant) =>
    suspendedUntil(deps, requested, await countedAs(deps, deps.store.read, requested)),

  /** Wrong answers of strangers in the current window, for the helpdesk: pages never show those of other journeys. */
  wrongAnswers: (subject: string) =>
    wrongSince(
      deps.store.read,
      { subject, browser: '', network: '' },
      deps.clock.now() - deps.limits.jokerWindow,
    ),
})

export type JokerTries = ReturnType<typeof createJokerTries>

/** Rows of known and unknown people have the same lifetime: a shorter one would reveal who is known. */
const forgetSuspensions: DeleteByAge = (tx, now, limits) =>
  tx
    .deleteFrom('joker_suspensions')
    .where(eb =>
      eb.or([
        eb.and([eb('level', '=', 0), eb('at', '<', now - limits.purgeCounters)]),
        eb('at', '<', now - limits.purgeSuspensions),
      ]),
    )
    .execute()

export const triesRetention: RetentionOf<'joker_tries' | 'joker_suspensions'> = {
  joker_tries: (tx, now, limits) =>
    tx
      .deleteFrom('joker_tries')
      .where('at', '<', now - limits.purgeCounters)
      .execute(),
  joker_suspensions: {
    kept: 'a time after the last answer',
    forget: forgetSuspensions,
    erase: async (tx, person) => {
      await tx.deleteFrom('joker_tries').where('subject', '=', person).execute()
      await tx.deleteFrom('joker_suspensions').where('subject', '=', person).execute()
    },
  },
}
