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

async function create({ clock, limits }: Deps, tx: Tx, person: string) {
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

/** The row of a known browser whose cookie has not expired. */
const findLive = ({ store, clock }: Deps, cookie: string | null) =>
  store.read
    .selectFrom('known_browsers')
    .select(['id', 'person'])
    .where('id', '=', digestOf(cookie ?? ''))
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()

async function find(deps: Deps, cookie: string | null, subject: string) {
  const { id = '', person } = (await findLive(deps, cookie)) ?? {}
  return person === subject ? { own: id, other: '' } : { own: '', other: id }
}

async function remember(deps: Deps, tx: Tx, person: string, request: Pick<HandlerRequest, 'cookie'>) {
  const value =
    (await renew(deps, tx, person, request.cookie(knownBrowserCookie))) ?? (await create(deps, tx, person))
  return {
    cookie: knownBrowserCookie,
    value,
    maxAge: Math.floor(deps.limits.knownBrowser / 1000),
  } satisfies SetCookie
}

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
