import { type Clock, hours } from '../../clock.ts'
import { newId } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Network } from '../../web/network.ts'
import type { RateLimit, RateLimiter } from '../../web/rate-limiter.ts'

/** Whose tries: a subject, seen from strangers' browsers (`''`) or from one browser that this person used before. */
export type Claimant = {
  readonly subject: string
  readonly browser: string
  /** A browser that another person used before, whose cookie is still in it: that of a shared computer. */
  readonly sharedBrowser?: string
  readonly network: string
}

export type Verdict =
  | { readonly verdict: 'right' }
  | { readonly verdict: 'wrong' }
  | { readonly verdict: 'suspended'; readonly until: number; readonly justNow: boolean }

const sharedBrowserPrefix = 'beside '
/** Under this name answers about one subject are counted in a browser that is known to be another's; else in its own. */
const sharedBrowserKey = ({ browser, sharedBrowser }: Claimant) =>
  browser || `${sharedBrowserPrefix}${sharedBrowser}`

/** The row every answer of this asker goes through: it serialises parallel guesses, on PostgreSQL too. */
const lockClaimant = (tx: Tx, { subject, browser }: Claimant, at: number) =>
  tx
    .insertInto('joker_suspensions')
    .values({ subject, browser, level: 0, until: 0, at })
    .onConflict(conflict => conflict.columns(['subject', 'browser']).doUpdateSet({ at }))
    .returning(['level', 'until'])
    .executeTakeFirstOrThrow()

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

/** 24 h, then 48, 96 … at most 30 days: about 80 guesses a year, for whoever is patient. */
const suspensionOf = (limits: Limits, level: number) =>
  Math.min(limits.jokerSuspension * 2 ** (level - 1), limits.jokerLongestSuspension)

export const createJokerTries = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  rateLimiter: RateLimiter
}) => {
  const { store, clock, limits, rateLimiter } = deps
  const networkLimit: RateLimit = { name: 'joker-wrong', window: hours(24) }
  const allowed = (claimant: Claimant) =>
    claimant.browser ? limits.jokerTriesKnownBrowser : limits.jokerTries

  /**
   * Every sign-in makes a browser known: whoever has the password could make as many as they like, and guess in each. Past
   * the tries of all of them together an answer from one counts as a stranger's. Browsers forgotten meanwhile still count.
   */
  const countedAs = async (db: Store['read'], claimant: Claimant): Promise<Claimant> => {
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
   * On a shared computer the cookie of the person who was there before has three tries for that person. Were there more
   * for everybody else, whoever sits there would see which date of birth is that person's. Answers about others count as
   * anybody's, and besides close their question in this browser after as many.
   */
  const lockSharedBrowser = async (
    tx: Tx,
    requested: Claimant,
    { sharedBrowser, subject, network }: Claimant,
    now: number,
  ) => {
    if (!sharedBrowser) return null
    const claimant = { subject, network, browser: sharedBrowserKey(requested) }
    return { ...claimant, ...(await lockClaimant(tx, claimant, now)) }
  }

  /**
   * Strangers fill the limit of a network, and nobody's own browser is shut out by it at once. Which person it is known by
   * does not matter here either: a date that is answered where others are refused would be that person's.
   */
  const mayPass = (browser: string) =>
    store.transaction(async tx => {
      const [rateLimit, limit] = [
        { name: 'joker-known', window: limits.jokerWindow },
        limits.jokerTriesKnownBrowser,
      ]
      return (await rateLimiter.admit(tx, [{ rateLimit, key: browser, limit, reason: 'full' }])) === null
    })

  const suspend = async (tx: Tx, claimant: Claimant, level: number) => {
    const until = clock.now() + suspensionOf(limits, level)
    await tx
      .updateTable('joker_suspensions')
      .set({ level, until })
      .where('subject', '=', claimant.subject)
      .where('browser', '=', claimant.browser)
      .execute()
    return until
  }

  /** One wrong answer more; how many there are. */
  const count = async (tx: Tx, { subject, browser, network }: Claimant) => {
    const at = clock.now()
    const before = await wrongSince(tx, { subject, browser, network }, at - limits.jokerWindow)
    await tx.insertInto('joker_tries').values({ id: newId(), subject, browser, network, at }).execute()
    return before + 1
  }

  type LockedClaimant = Claimant & { readonly level: number }

  /** Counts a wrong answer, and closes the question where it was the last: to this asker, or in this browser alone. */
  const countWrong = async (
    tx: Tx,
    claimant: LockedClaimant,
    sharedBrowser: LockedClaimant | null,
  ): Promise<Verdict> => {
    const [wrong, wrongInSharedBrowser] = [
      await count(tx, claimant),
      sharedBrowser ? await count(tx, sharedBrowser) : 0,
    ]
    await rateLimiter.hit(tx, networkLimit, claimant.network)
    const closesHere = sharedBrowser !== null && wrongInSharedBrowser >= limits.jokerTriesKnownBrowser
    const here = closesHere ? await suspend(tx, sharedBrowser, sharedBrowser.level + 1) : 0
    if (wrong < allowed(claimant))
      return closesHere ? { verdict: 'suspended', until: here, justNow: false } : { verdict: 'wrong' }
    const until = await suspend(tx, claimant, claimant.level + 1)
    return { verdict: 'suspended', until: Math.max(until, here), justNow: true }
  }

  return {
    /**
     * Did this network give too many wrong answers, about whomever? Then it is refused: no row is forgotten before its
     * life, or a flood of invented numbers would leave the tries of real people alone to be seen. `null`: no, else until when.
     */
    networkOpensAt: async ({ id, campus }: Network, claimant?: Claimant) => {
      const most = limits.jokerWrongPerNetwork * (campus ? limits.campusFactor : 1)
      const until = await rateLimiter.opensAt(networkLimit, id, most)
      if (until <= clock.now()) return null
      const known = claimant?.browser || claimant?.sharedBrowser
      return known && (await mayPass(known)) ? null : until
    },

    /**
     * Judges one answer, already hashed and compared. Right answers are not counted, wrong ones are never forgiven by
     * a success, and while the question is suspended even a right answer is refused.
     */
    judge: async (tx: Tx, requested: Claimant, right: boolean): Promise<Verdict> => {
      const now = clock.now()
      // The row of all: answers of several browsers of the owner's, sent at once, take turns.
      const anybody = await lockClaimant(tx, { ...requested, browser: '' }, now)
      const claimant = await countedAs(tx, requested)
      const row = claimant.browser === '' ? anybody : await lockClaimant(tx, claimant, now)
      const sharedBrowser = await lockSharedBrowser(tx, requested, claimant, now)
      const closedUntil = Math.max(row.until, sharedBrowser?.until ?? 0)
      if (closedUntil > now) {
        // Each costs a hash and rows, right or wrong: a closed question is no way round the limit of a network.
        await rateLimiter.hit(tx, networkLimit, claimant.network)
        return { verdict: 'suspended', until: closedUntil, justNow: false }
      }
      if (right) return { verdict: 'right' }
      return countWrong(tx, { ...claimant, level: row.level }, sharedBrowser)
    },

    /** Where the question stands, for the desk; a page tells a person nothing of what others got wrong. */
    state: async (requested: Claimant): Promise<{ wrong: number; suspendedUntil: number | null }> => {
      const now = clock.now()
      const claimant = await countedAs(store.read, requested)
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
      return {
        wrong: await wrongSince(store.read, claimant, now - limits.jokerWindow),
        suspendedUntil: until > now ? until : null,
      }
    },
  }
}
