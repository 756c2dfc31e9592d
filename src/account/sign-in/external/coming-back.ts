import { timingSafeEqual } from 'node:crypto'
import type { Audit } from '../../../audit/audit.ts'
import type { Directory, Person } from '../../../directory/directory.ts'
import type { Identity, Leaving } from '../../../identity-server/identity-server.ts'
import { digestOf } from '../../../keys.ts'
import { isAsked, type SecondFactor } from '../../../proofs/second-factor/second-factor.ts'
import { ok, type Result, refused } from '../../../result.ts'
import { returnRoutes } from '../../../routes.ts'
import { type Answer, type Ask, go, type Handler, problem, type SetCookie } from '../../../web/ask.ts'
import { field } from '../../../web/form.ts'
import type { Freezes } from '../../freezes.ts'
import type { Proved } from '../../sessions/session.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { Entering } from '../entering.ts'
import type { HalfSignIns } from '../half-sign-ins.ts'
import type { ExternalSignIn } from './external-sign-ins.ts'
import { type LeavingParts, leavingOf } from './leaving.ts'
import { refusalSlugs, type SignInRefusal } from './refusals.ts'

export type BackParts = LeavingParts & {
  readonly audit: Audit
  readonly directory: Directory
  readonly freezes: Freezes
  readonly sessions: Sessions
  readonly secondFactor: SecondFactor
  readonly halfSignIns: HalfSignIns
  readonly entering: Entering
}

type Back = { readonly away: ExternalSignIn; readonly identity: Identity; readonly person: Person }

const login = field(200).min(1)

const same = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The institution's server sends the browser back: who came is asked of the server, then of the directory. */
export const comingBack = (parts: BackParts) => {
  const { store, audit, directory, freezes, sessions, secondFactor, halfSignIns } = parts
  const { externalSignIns, server, entering } = parts

  const refuse = (ask: Ask, why: SignInRefusal, cookies: readonly SetCookie[] = []): Answer =>
    go(ask.href('signInRefused', { why: refusalSlugs[why] }), cookies)

  const proved = ({ identity }: Back): Proved => ({
    by: server.kind,
    external: identity.session === null ? null : digestOf(identity.session),
    subject: identity.subject === null ? null : digestOf(identity.subject),
    authenticatedAt: identity.authenticatedAt,
    factor: identity.withSecondFactor ? 'server' : null,
  })

  /** Ours is asked for unless the server says that it asked for one (`acr`, an attribute of CAS). */
  const asksOurs = async ({ identity, person }: Back) =>
    !identity.withSecondFactor && isAsked(await secondFactor.of(person.id))

  /** The person in the directory, whose account may be shut: the server knows nothing of that. */
  const personOf = async (
    identity: Identity,
  ): Promise<
    Result<{ person: Person }, 'directory-unavailable' | 'identity-unknown' | 'identity-closed'>
  > => {
    const typed = login.safeParse(identity.login.trim())
    const found = typed.success ? await directory.findLogin(typed.data) : ok({ person: null })
    if (!found.ok) return found
    const { person } = found
    if (!person) return refused('identity-unknown')
    const shut = person.ended || (await freezes.find(person.id))?.kind === 'frozen'
    if (!shut) return ok({ person })
    await store.transaction(tx =>
      audit.append(tx, { chain: person.id, kind: 'sign-in.refused', by: { kind: 'anonymous' } }),
    )
    return refused('identity-closed')
  }

  /** `confirms`: the session that our second factor will make fresh; `null`: it will open one. */
  const wait = async (ask: Ask, back: Back, confirms: string | null): Promise<Answer> => {
    const { away, person } = back
    const begun = { person: person.id, provedAt: provedAt(back), how: proved(back), confirms }
    const cookie = await store.transaction(async tx =>
      (await externalSignIns.consume(tx, away))
        ? (await halfSignIns.open(tx, begun, ask.cookie('entering'))).cookie
        : null,
    )
    return cookie
      ? go(ask.href('secondFactor', { page: away.page }), [cookie, externalSignIns.forgotten])
      : refuse(ask, 'identity-late')
  }

  /**
   * A password changed since then makes that sign-in worth nothing. What is told of a fresh one is when its ticket came back,
   * and a ticket can be kept in hand meanwhile: of all that is known the earliest counts.
   */
  const provedAt = ({ away, identity }: Back) =>
    Math.min(identity.authenticatedAt ?? away.leftAt, away.leftAt)

  const enter = async (ask: Ask, back: Back): Promise<Answer> => {
    const { away, person } = back
    if (await asksOurs(back)) return wait(ask, back, null)
    const who = { person: person.id, how: proved(back), provedAt: provedAt(back) }
    const opened = await store.transaction(async tx =>
      (await externalSignIns.consume(tx, away)) ? { cookies: await entering.open(tx, ask, who) } : null,
    )
    if (!opened) return refuse(ask, 'identity-late')
    if (!opened.cookies) return refuse(ask, 'identity-stale', [externalSignIns.forgotten])
    const entered = entering.enter(ask, opened.cookies, away.page)
    return entered.kind === 'go'
      ? go(entered.to, [...(entered.cookies ?? []), externalSignIns.forgotten])
      : entered
  }

  const confirm = async (ask: Ask, back: Back): Promise<Answer> => {
    const { away, person } = back
    const session = await sessions.find(ask.cookie('session'))
    if (!session) return go(ask.href('signInFor', { page: away.page }), [externalSignIns.forgotten])
    if (session.person !== person.id) return refuse(ask, 'identity-other', [externalSignIns.forgotten])
    if (await asksOurs(back)) return wait(ask, back, session.id)
    const { by: _, ...how } = proved(back)
    const cookie = await store.transaction(async tx => {
      if (!(await externalSignIns.consume(tx, away))) return null
      await audit.append(tx, {
        chain: person.id,
        kind: 'sign-in.confirmed',
        by: { kind: 'person', id: person.id },
      })
      return sessions.renew(tx, session, how)
    })
    return cookie
      ? go(ask.href(returnRoutes[away.page] ?? 'account'), [cookie, externalSignIns.forgotten])
      : refuse(ask, 'identity-late')
  }

  /** A second tab, Back or « reload » after a sign-in that is done: the account, not a fault. */
  const nobodyLeft = async (ask: Ask) =>
    (await sessions.find(ask.cookie('session'))) ? go(ask.href('account')) : refuse(ask, 'identity-late')

  /** The browser that left, with an answer to what it asked: one that another browser asked for is not looked at. */
  const left = async (ask: Ask) => {
    const cookie = ask.cookie('away')
    const away = await externalSignIns.find(cookie)
    if (!cookie || !away) return null
    const leaving = leavingOf(parts, ask, { cookie, fresh: away.fresh })
    return same(ask.query('state') ?? '', leaving.state) ? { away, leaving } : null
  }

  const whoCame = async (ask: Ask, leaving: Leaving) => {
    const identified = await server.identify(leaving, ask.query)
    if (!identified.ok) return identified
    const { identity } = identified
    const found = await personOf(identity)
    return found.ok ? ok({ identity, person: found.person }) : found
  }

  const get: Handler = async ask => {
    const back = await left(ask)
    if (!back) return nobodyLeft(ask)
    const { away, leaving } = back
    if (!(await store.transaction(tx => externalSignIns.spend(tx, away)))) return refuse(ask, 'identity-late')
    const came = await whoCame(ask, leaving)
    if (came.ok)
      return away.purpose === 'confirm' ? confirm(ask, { ...came, away }) : enter(ask, { ...came, away })
    const { reason } = came
    const more = 'detail' in came && came.detail !== undefined ? { detail: came.detail } : {}
    return reason === 'identity-unavailable' || reason === 'directory-unavailable'
      ? problem(reason, more)
      : refuse(ask, reason)
  }

  return { get }
}
