import type { Clock } from '../clock.ts'
import { digestOf, newHandle } from '../keys.ts'
import type { Limits } from '../limits.ts'
import type { Store, Tx } from '../store/store.ts'

/**
 * A browser in which this person succeeded before. It has joker tries of its own, so that a stranger who guesses
 * cannot shut the owner out. It opens nothing by itself.
 */
export const knownBrowsersIn = (parts: { store: Store; clock: Clock; limits: Limits }) => {
  const { store, clock, limits } = parts
  return {
    /** The browser's id when this cookie was given to this subject, else `''`: a stranger's browser. */
    find: async (cookie: string | null, subject: string) => {
      const row = await store.read
        .selectFrom('known_browsers')
        .select('id')
        .where('id', '=', digestOf(cookie ?? ''))
        .where('person', '=', subject)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      return row?.id ?? ''
    },

    remember: async (tx: Tx, person: string) => {
      const value = newHandle()
      await tx
        .insertInto('known_browsers')
        .values({ id: digestOf(value), person, expires_at: clock.now() + limits.knownBrowser })
        .execute()
      return { name: 'known' as const, value, maxAge: Math.floor(limits.knownBrowser / 1000) }
    },
  }
}

export type KnownBrowsers = ReturnType<typeof knownBrowsersIn>
