import { type Clock, hours } from '../../clock.ts'
import { newId } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Door, Doors } from '../../web/doors.ts'
import type { Network } from '../../web/network.ts'

/** Whose tries: a subject, seen from strangers' browsers (`''`) or from one browser that this person used before. */
export type Asker = {
  readonly subject: string
  readonly browser: string
  readonly network: string
}

export type Verdict =
  | { readonly verdict: 'right' }
  | { readonly verdict: 'wrong' }
  | { readonly verdict: 'suspended'; readonly until: number; readonly justNow: boolean }

/** The row every answer of this asker goes through: it serialises parallel guesses, on PostgreSQL too. */
const lockAsker = (tx: Tx, { subject, browser }: Asker, at: number) =>
  tx
    .insertInto('joker_suspensions')
    .values({ subject, browser, level: 0, until: 0, at })
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

export const jokerTries = (parts: { store: Store; clock: Clock; limits: Limits; doors: Doors }) => {
  const { store, clock, limits, doors } = parts
  const networkDoor: Door = { name: 'joker-wrong', window: hours(24) }
  const allowed = (asker: Asker) => (asker.browser ? limits.jokerTriesKnownBrowser : limits.jokerTries)

  /**
   * Every sign-in makes a browser known: whoever has the password could make as many as they like, and guess in each. Past
   * the tries of all of them together an answer from one counts as a stranger's. Browsers forgotten meanwhile still count.
   */
  const countedAs = async (db: Store['read'], asker: Asker): Promise<Asker> => {
    if (asker.browser === '') return asker
    const row = await db
      .selectFrom('joker_tries')
      .select(eb => eb.fn.countAll<number>().as('wrong'))
      .where('subject', '=', asker.subject)
      .where('browser', '!=', '')
      .where('at', '>', clock.now() - limits.jokerWindow)
      .executeTakeFirst()
    return Number(row?.wrong ?? 0) < limits.jokerTriesKnownBrowsers ? asker : { ...asker, browser: '' }
  }

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

  return {
    /**
     * Did this network give too many wrong answers, about whomever? Then it is refused: no row is forgotten before its
     * life, or a flood of invented numbers would leave the tries of real people alone to be seen. `null`: no, else until when.
     */
    networkOpensAt: async ({ id, campus }: Network) => {
      const most = limits.jokerWrongPerNetwork * (campus ? limits.campusFactor : 1)
      const until = await doors.opensAt(networkDoor, id, most)
      return until > clock.now() ? until : null
    },

    /**
     * Judges one answer, already hashed and compared. Right answers are not counted, wrong ones are never forgiven by
     * a success, and while the question is suspended even a right answer is refused.
     */
    judge: async (tx: Tx, asked: Asker, right: boolean): Promise<Verdict> => {
      const now = clock.now()
      // The row of all: answers of several browsers of the owner's, sent at once, take turns.
      const anybody = await lockAsker(tx, { ...asked, browser: '' }, now)
      const asker = await countedAs(tx, asked)
      const row = asker.browser === '' ? anybody : await lockAsker(tx, asker, now)
      const { subject, browser, network } = asker
      if (row.until > now) {
        // Each costs a hash and rows, right or wrong: a closed question is no way round the limit of a network.
        await doors.pass(tx, networkDoor, network)
        return { verdict: 'suspended', until: row.until, justNow: false }
      }
      if (right) return { verdict: 'right' }
      const wrong = 1 + (await wrongSince(tx, asker, now - limits.jokerWindow))
      await tx.insertInto('joker_tries').values({ id: newId(), subject, browser, network, at: now }).execute()
      await doors.pass(tx, networkDoor, network)
      if (wrong < allowed(asker)) return { verdict: 'wrong' }
      const until = await suspend(tx, asker, row.level + 1)
      return { verdict: 'suspended', until, justNow: true }
    },

    /** Where the question stands, for the desk; a page tells a person nothing of what others got wrong. */
    state: async (asked: Asker): Promise<{ wrong: number; suspendedUntil: number | null }> => {
      const now = clock.now()
      const asker = await countedAs(store.read, asked)
      const row = await store.read
        .selectFrom('joker_suspensions')
        .select('until')
        .where('subject', '=', asker.subject)
        .where('browser', '=', asker.browser)
        .executeTakeFirst()
      return {
        wrong: await wrongSince(store.read, asker, now - limits.jokerWindow),
        suspendedUntil: row && row.until > now ? row.until : null,
      }
    },
  }
}
