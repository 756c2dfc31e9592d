import type { Clock } from '../clock.ts'
import { digestOf, newHandle } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Store, Tx } from '../store/store.ts'
import type { HandlerRequest, SetCookie } from '../web/handler.ts'

/**
 * A browser in which this person succeeded before. It has tries of its own, of the joker, of passwords and of an app's
 * codes, so that a stranger who guesses cannot shut the owner out. It opens nothing by itself.
 */
export const createKnownBrowsers = (deps: { store: Store; clock: Clock; limits: Limits }) => {
  const { store, clock, limits } = deps

  /** A browser that is known already stays the same row: one that succeeds often forgets no other. */
  const renew = async (tx: Tx, person: string, cookie: string | null) => {
    const renewed = await tx
      .updateTable('known_browsers')
      .set({ expires_at: clock.now() + limits.knownBrowser })
      .where('id', '=', digestOf(cookie ?? ''))
      .where('person', '=', person)
      .where('expires_at', '>', clock.now())
      .executeTakeFirst()
    return renewed.numUpdatedRows === 1n ? cookie : null
  }

  const make = async (tx: Tx, person: string) => {
    const value = newHandle()
    await tx
      .insertInto('known_browsers')
      .values({ id: digestOf(value), person, expires_at: clock.now() + limits.knownBrowser })
      .execute()
    const beyond = tx
      .selectFrom('known_browsers')
      .select('id')
      .where('person', '=', person)
      .orderBy('expires_at', 'desc')
      .limit(1000)
      .offset(limits.knownBrowsersPerPerson)
    await tx.deleteFrom('known_browsers').where('id', 'in', beyond).execute()
    return value
  }

  /** The row of a browser that is known to be somebody's. */
  const living = (cookie: string | null) =>
    store.read
      .selectFrom('known_browsers')
      .select(['id', 'person'])
      .where('id', '=', digestOf(cookie ?? ''))
      .where('expires_at', '>', clock.now())
      .executeTakeFirst()

  return {
    /** The browser's id when its cookie was given to this subject, else `''`; `beside`: its id when it was given to another. */
    find: async (cookie: string | null, subject: string) => {
      const { id = '', person } = (await living(cookie)) ?? {}
      return person === subject ? { own: id, beside: '' } : { own: '', beside: id }
    },

    /** Whose browser this is; `null`: nobody's. */
    owner: async (cookie: string | null) => (await living(cookie))?.person ?? null,

    /** The cookie goes with the answer. */
    remember: async (tx: Tx, person: string, request: Pick<HandlerRequest, 'cookie'>) => {
      const value = (await renew(tx, person, request.cookie('known'))) ?? (await make(tx, person))
      return {
        ...({ name: 'known', value } as const),
        maxAge: Math.floor(limits.knownBrowser / 1000),
      } satisfies SetCookie
    },

    /** Of this person's browsers only the one with this cookie stays known. */
    forgetOthers: (tx: Tx, person: string, cookie: string | null) =>
      tx
        .deleteFrom('known_browsers')
        .where('person', '=', person)
        .where('id', '!=', digestOf(cookie ?? ''))
        .execute(),

    /** Whoever froze the account does not know which of them is a stranger's. */
    forgetAll: (tx: Tx, person: string) =>
      tx.deleteFrom('known_browsers').where('person', '=', person).execute(),
  }
}

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>
