import type { PersonId } from '../../directory/directory.ts'
import { returnRoutes } from '../../routes.ts'
import type { Store, Tx } from '../../store/store.ts'
import { type Answer, type Ask, go, type Handler, problem, type SetCookie } from '../../web/ask.ts'
import type { Place } from '../../web/places.ts'
import type { Freezes } from '../freezes.ts'
import type { KnownBrowsers } from '../known-browsers.ts'
import type { Proved, Sessions } from '../sessions/sessions.ts'
import type { HalfSignIn, HalfSignIns } from './half-sign-ins.ts'

type Parts = {
  readonly store: Store
  readonly freezes: Freezes
  readonly sessions: Sessions
  readonly halfSignIns: HalfSignIns
  readonly knownBrowsers: KnownBrowsers
  /** Addresses to which a sign-in may lead, each under the name that stands in our own address (ASVS 3.7.2). */
  readonly returns: Readonly<Record<string, string>>
}

/** A password changed while the old one was being proved: that proof is worth nothing any more. */
const changedSince = async (tx: Tx, person: PersonId, at: number) => {
  const row = await tx
    .selectFrom('attempts')
    .select('id')
    .where('person', '=', person)
    .where('state', '=', 'accepted')
    .where('settled_at', '>=', at)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The last step of every sign-in of ours: the account is looked at again, then a session opens and leads on. */
export const entering = ({ freezes, sessions, halfSignIns, knownBrowsers, returns }: Parts) => {
  const names = [...Object.keys(returnRoutes), ...Object.keys(returns)]

  const onlyNamed =
    (handler: Handler): Handler =>
    async ask =>
      names.includes(pageOf(ask)) ? handler(ask) : problem('not-found')

  /** Where a sign-in leads: a page of the account or a configured address, by name; anything else is the account. */
  const leadsTo = (ask: Ask, name: string) => {
    if (Object.hasOwn(returns, name)) return returns[name] ?? ''
    return ask.href(Object.hasOwn(returnRoutes, name) ? (returnRoutes[name] ?? 'account') : 'account')
  }

  /** The account was frozen, or its password changed since it was proved: nothing may be judged any more. */
  const isShut = async (tx: Tx, { person, provedAt }: { person: PersonId; provedAt: number }) =>
    (await freezes.find(person, tx))?.kind === 'frozen' || (await changedSince(tx, person, provedAt))

  /** The session, in a browser that is known from now on. `null`: the account is shut. */
  const open = async (
    tx: Tx,
    ask: Ask,
    who: { person: PersonId; how: Proved; provedAt: number },
  ): Promise<readonly SetCookie[] | null> => {
    if (await isShut(tx, who)) return null
    const session = await sessions.signInAs(tx, who.person, { ...who.how, ask })
    return [session, await knownBrowsers.remember(tx, who.person, ask)]
  }

  return {
    open,
    isShut,
    /** Every name that an address of sign-in may carry. */
    names,
    /** A name that nothing bears is refused first: what a stranger wrote stands in no address of ours (ASVS 3.7.2). */
    named: ({ get, post }: Pick<Place, 'get' | 'post'>): Place => ({
      ...(get && { get: onlyNamed(get) }),
      ...(post && { post: onlyNamed(post) }),
    }),
    /** The same for a sign-in that waited: it leads to one session. */
    openFrom: async (tx: Tx, ask: Ask, half: HalfSignIn, person: PersonId) =>
      (await halfSignIns.consume(tx, half)) ? open(tx, ask, { ...half, person }) : null,
    /** Nothing waits in this browser any more: another tab of it has entered, or it begins again. */
    without: async (ask: Ask): Promise<Answer> =>
      (await sessions.find(ask.cookie('session')))
        ? go(leadsTo(ask, pageOf(ask)))
        : go(ask.href('signInFor', { page: pageOf(ask) })),
    enter: (ask: Ask, cookies: readonly SetCookie[], name = pageOf(ask)): Answer =>
      go(leadsTo(ask, name), [...cookies, halfSignIns.forgotten]),
  }
}

export type Entering = ReturnType<typeof entering>

/** The name in the address of a sign-in, carried from page to page; `compte` where there is none. */
export const pageOf = (ask: Ask) => ask.params.page ?? 'compte'
