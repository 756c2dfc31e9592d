import type { Clock } from '../../clock.ts'
import { newId } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'

/** Whose tries: a subject, seen from strangers' browsers (`''`) or from one browser that this person used before. */
export type Asker = {
  readonly subject: string
  readonly browser: string
  readonly network: string
  /** False for nobody: the same rows with the same life, but capped per network. */
  readonly known: boolean
}

export type Verdict =
  | { readonly verdict: 'right' }
  | { readonly verdict: 'wrong'; readonly left: number }
  | { readonly verdict: 'suspended'; readonly until: number; readonly justNow: boolean }

/** The row every answer of this asker goes through: it serialises parallel guesses, on PostgreSQL too. */
const lockAsker = (tx: Tx, { subject, browser, known }: Asker, at: number) =>
  tx
    .insertInto('joker_suspensions')
    .values({ subject, browser, level: 0, until: 0, known: known ? 1 : 0, at })
    .onConflict(conflict => conflict.columns(['subject', 'browser']).doUpdateSet({ at }))
    .returning(['level', 'until'])
    .executeTakeFirstOrThrow()

const wrongSince = async (db: Store['read'], { subject, browser }: Asker, since: number) => {
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

export const jokerTries = (parts: { store: Store; clock: Clock; limits: Limits }) => {
  const { store, clock, limits } = parts
  const allowed = (asker: Asker) => (asker.browser ? limits.jokerTriesKnownBrowser : limits.jokerTries)

  const suspend = async (tx: Tx, asker: Asker, level: number) => {
    const until = clock.now() + suspensionOf(limits, level)
    await tx
      .updateTable('joker_suspensions')
      .set({ level, until })
      .where('subject', '=', asker.subject)
      .where('browser', '=', asker.browser)
      .execute()
    return until
  }

  /**
   * Nobody fills the store with people who do not exist: their tries are capped per network. A person's are never
   * forgotten so, or a flood of invented numbers would buy new guesses.
   */
  const forgetBeyondCap = async (tx: Tx, network: string) => {
    const beyond = tx
      .selectFrom('joker_tries')
      .select('id')
      .where('network', '=', network)
      .where('known', '=', 0)
      .orderBy('at', 'desc')
      .limit(1_000_000)
      .offset(limits.unknownTriesPerNetwork)
    await tx.deleteFrom('joker_tries').where('id', 'in', beyond).execute()
  }

  return {
    /**
     * Judges one answer, already hashed and compared. Right answers are not counted, wrong ones are never forgiven by
     * a success, and while the question is suspended even a right answer is refused.
     */
    judge: async (tx: Tx, asker: Asker, right: boolean): Promise<Verdict> => {
      const now = clock.now()
      const row = await lockAsker(tx, asker, now)
      if (row.until > now) return { verdict: 'suspended', until: row.until, justNow: false }
      if (right) return { verdict: 'right' }
      const wrong = 1 + (await wrongSince(tx, asker, now - limits.jokerWindow))
      await tx
        .insertInto('joker_tries')
        .values({ id: newId(), ...asker, known: asker.known ? 1 : 0, at: now })
        .execute()
      await forgetBeyondCap(tx, asker.network)
      if (wrong < allowed(asker)) return { verdict: 'wrong', left: allowed(asker) - wrong }
      const until = await suspend(tx, asker, row.level + 1)
      return { verdict: 'suspended', until, justNow: true }
    },

    /** What the page tells before any answer. */
    state: async (asker: Asker): Promise<{ wrong: number; left: number; suspendedUntil: number | null }> => {
      const now = clock.now()
      const row = await store.read
        .selectFrom('joker_suspensions')
        .select('until')
        .where('subject', '=', asker.subject)
        .where('browser', '=', asker.browser)
        .executeTakeFirst()
      const wrong = await wrongSince(store.read, asker, now - limits.jokerWindow)
      return {
        wrong,
        left: Math.max(0, allowed(asker) - wrong),
        suspendedUntil: row && row.until > now ? row.until : null,
      }
    },
  }
}
