import type { Clock } from '../clock.ts'
import { digestOf, newHandle } from '../crypto/crypto.ts'
import type { Limits } from '../limits/limits.ts'
import { forgetExpired, type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import { declareCookie, type SetCookie } from '../web/cookies.ts'
import type { HandlerRequest } from '../web/handler.ts'

/** The handle of a known browser. */
export const knownBrowserCookie = declareCookie('known', { tagged: true })

type Deps = { readonly store: Store; readonly clock: Clock; readonly limits: Limits }

/** A browser that is known already keeps its row, so that frequent use does not push out another browser. */
async function renew({ clock, limits }: Deps, tx: Tx, person: string, cookie: string | null) {
  const renewed = await tx
    .updateTable('known_browsers')
    .set({ expires_at: clock.now() + limits.knownBrowser })
    .where('id', '=', digestOf(cookie ?? ''))
    .where('person', '=', person)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  return renewed.numUpdatedRows === 1n ? cookie : null
}

async function create(deps: Deps, tx: Tx, person: string) {
  const value = newHandle()
  await insert(deps, tx, person, digestOf(value))
  const beyond = tx
    .selectFrom('known_browsers')
    .select('id')
    .where('person', '=', person)
    .orderBy('expires_at', 'desc')
    .limit(1000)
    .offset(deps.limits.knownBrowsersPerPerson)
  await tx.deleteFrom('known_browsers').where('id', 'in', beyond).execute()
  return value
}

/** The known browsers of a person. */
export const browsersOf = (db: Store['read'], person: string) =>
  db.selectFrom('known_browsers').select('id').where('person', '=', person)

/** The row of a known browser whose cookie has not expired. */
const findLive = ({ store, clock }: Deps, cookie: string | null) =>
  store.read
    .selectFrom('known_browsers')
    .select(['id', 'person'])
    .where('id', '=', digestOf(cookie ?? ''))
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()

async function find(deps: Deps, cookie: string | null, subject: string) {
  // Whether there is a cookie depends on the browser alone, not on the subject.
  if (cookie === null) return { own: '', other: '' }
  const { id = '', person } = (await findLive(deps, cookie)) ?? {}
  return person === subject ? { own: id, other: '' } : { own: '', other: id }
}

const cookieOf = ({ limits }: Deps, value: string): SetCookie => ({
  cookie: knownBrowserCookie,
  value,
  maxAge: Math.floor(limits.knownBrowser / 1000),
})

async function remember(deps: Deps, tx: Tx, person: string, request: Pick<HandlerRequest, 'cookie'>) {
  const value =
    (await renew(deps, tx, person, request.cookie(knownBrowserCookie))) ?? (await create(deps, tx, person))
  return cookieOf(deps, value)
}

const insert = ({ clock, limits }: Deps, tx: Tx, person: string, id: string) =>
  tx
    .insertInto('known_browsers')
    .values({ id, person, expires_at: clock.now() + limits.knownBrowser })
    .execute()

const forgetOthers = (tx: Tx, person: string, cookie: string | null) =>
  tx
    .deleteFrom('known_browsers')
    .where('person', '=', person)
    .where('id', '!=', digestOf(cookie ?? ''))
    .execute()

/**
 * A browser in which this person has signed in or recovered before. It has its own limits for joker answers, passwords
 * and codes of an app, so that a stranger who guesses cannot lock the owner out. It gives no access by itself.
 */
export const createKnownBrowsers = (deps: Deps) => ({
  /** `own`: the browser's id when it is known for this subject; `other`: its id when it is known for another; else `''`. */
  find: (cookie: string | null, subject: string) => find(deps, cookie, subject),

  /** The person for whom this browser is known; `null` when it is not known. */
  owner: async (cookie: string | null) => (await findLive(deps, cookie))?.person ?? null,

  /** Makes the browser known and returns the cookie to set. */
  remember: (tx: Tx, person: string, request: Pick<HandlerRequest, 'cookie'>) =>
    remember(deps, tx, person, request),

  /** The cookie of a browser that `add` makes known later, and the id by which it is added. */
  prepare: (): { readonly id: string; readonly cookie: SetCookie } => {
    const value = newHandle()
    return { id: digestOf(value), cookie: cookieOf(deps, value) }
  },

  /** Makes a prepared browser known, in a transaction that has forgotten all others of the person. */
  add: (tx: Tx, person: string, id: string) => insert(deps, tx, person, id),

  /** Forgets all browsers of this person except the one with this cookie. */
  forgetOthers,

  /** At a freeze and at every accepted password: a stranger may have made any of these browsers known. */
  forgetAll: (tx: Tx, person: string) =>
    tx.deleteFrom('known_browsers').where('person', '=', person).execute(),
})

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>

export const knownBrowserRetention: RetentionOf<'known_browsers'> = {
  known_browsers: withAccount('known_browsers', forgetExpired('known_browsers')),
}
