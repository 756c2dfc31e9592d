import { timingSafeEqual } from 'node:crypto'
import type { Audit } from '../../../audit/audit.ts'
import type { Directory, Person } from '../../../directory/directory.ts'
import type { Identity, Leaving } from '../../../identity-server/identity-server.ts'
import { digestOf } from '../../../keys.ts'
import { isAsked, type SecondFactor } from '../../../proofs/second-factor/second-factor.ts'
import { ok, type Result, refused } from '../../../result.ts'
import { returnRoutes } from '../../../routes.ts'
import { field } from '../../../web/form.ts'
import {
  type Handler,
  type HandlerRequest,
  type HandlerResult,
  problem,
  redirect,
  type SetCookie,
} from '../../../web/handler.ts'
import type { Freezes } from '../../freezes.ts'
import type { Proved } from '../../sessions/session.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { Entering } from '../entering.ts'
import type { PendingSignIns } from '../pending-sign-ins.ts'
import type { ExternalSignIn } from './external-sign-ins.ts'
import { type LeavingDeps, leavingOf } from './leaving.ts'
import { refusalSlugs, type SignInRefusal } from './refusals.ts'

export type BackDeps = LeavingDeps & {
  readonly audit: Audit
  readonly directory: Directory
  readonly freezes: Freezes
  readonly sessions: Sessions
  readonly secondFactor: SecondFactor
  readonly pendingSignIns: PendingSignIns
  readonly entering: Entering
}

type Back = { readonly away: ExternalSignIn; readonly identity: Identity; readonly person: Person }

const login = field(200).min(1)

const same = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The institution's server sends the browser back: who came is asked of the server, then of the directory. */
export const comingBack = (deps: BackDeps) => {
  const { store, audit, directory, freezes, sessions, secondFactor, pendingSignIns } = deps
  const { externalSignIns, server, entering } = deps

  const refuse = (
    request: HandlerRequest,
    why: SignInRefusal,
    cookies: readonly SetCookie[] = [],
  ): HandlerResult => redirect(request.href('signInRefused', { why: refusalSlugs[why] }), cookies)

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
  const wait = async (
    request: HandlerRequest,
    back: Back,
    confirms: string | null,
  ): Promise<HandlerResult> => {
    const { away, person } = back
    const begun = { person: person.id, provedAt: provedAt(back), how: proved(back), confirms }
    const cookie = await store.transaction(async tx =>
      (await externalSignIns.consume(tx, away))
        ? (await pendingSignIns.open(tx, begun, request.cookie('entering'))).cookie
        : null,
    )
    return cookie
      ? redirect(request.href('secondFactor', { page: away.page }), [cookie, externalSignIns.forgotten])
      : refuse(request, 'identity-late')
  }

  /**
   * A password changed since then makes that sign-in worth nothing. What is told of a fresh one is when its ticket came back,
   * and a ticket can be kept in hand meanwhile: of all that is known the earliest counts.
   */
  const provedAt = ({ away, identity }: Back) =>
    Math.min(identity.authenticatedAt ?? away.leftAt, away.leftAt)

  const enter = async (request: HandlerRequest, back: Back): Promise<HandlerResult> => {
    const { away, person } = back
    if (await asksOurs(back)) return wait(request, back, null)
    const who = { person: person.id, how: proved(back), provedAt: provedAt(back) }
    const opened = await store.transaction(async tx =>
      (await externalSignIns.consume(tx, away)) ? { cookies: await entering.open(tx, request, who) } : null,
    )
    if (!opened) return refuse(request, 'identity-late')
    if (!opened.cookies) return refuse(request, 'identity-stale', [externalSignIns.forgotten])
    const entered = entering.enter(request, opened.cookies, away.page)
    return entered.kind === 'redirect'
      ? redirect(entered.to, [...(entered.cookies ?? []), externalSignIns.forgotten])
      : entered
  }

  const confirm = async (request: HandlerRequest, back: Back): Promise<HandlerResult> => {
    const { away, person } = back
    const session = await sessions.find(request.cookie('session'))
    if (!session) return redirect(request.href('signInFor', { page: away.page }), [externalSignIns.forgotten])
    if (session.person !== person.id) return refuse(request, 'identity-other', [externalSignIns.forgotten])
    if (await asksOurs(back)) return wait(request, back, session.id)
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
      ? redirect(request.href(returnRoutes[away.page] ?? 'account'), [cookie, externalSignIns.forgotten])
      : refuse(request, 'identity-late')
  }

  /** A second tab, Back or « reload » after a sign-in that is done: the account, not a fault. */
  const nobodyLeft = async (request: HandlerRequest) =>
    (await sessions.find(request.cookie('session')))
      ? redirect(request.href('account'))
      : refuse(request, 'identity-late')

  /** The browser that left, with an answer to what it asked: one that another browser asked for is not looked at. */
  const left = async (request: HandlerRequest) => {
    const cookie = request.cookie('away')
    const away = await externalSignIns.find(cookie)
    if (!cookie || !away) return null
    const leaving = leavingOf(deps, request, { cookie, fresh: away.fresh })
    return same(request.query('state') ?? '', leaving.state) ? { away, leaving } : null
  }

  const whoCame = async (request: HandlerRequest, leaving: Leaving) => {
    const identified = await server.identify(leaving, request.query)
    if (!identified.ok) return identified
    const { identity } = identified
    const found = await personOf(identity)
    return found.ok ? ok({ identity, person: found.person }) : found
  }

  const get: Handler = async request => {
    const back = await left(request)
    if (!back) return nobodyLeft(request)
    const { away, leaving } = back
    if (!(await store.transaction(tx => externalSignIns.spend(tx, away))))
      return refuse(request, 'identity-late')
    const came = await whoCame(request, leaving)
    if (came.ok)
      return away.purpose === 'confirm'
        ? confirm(request, { ...came, away })
        : enter(request, { ...came, away })
    const { reason } = came
    const more = 'detail' in came && came.detail !== undefined ? { detail: came.detail } : {}
    return reason === 'identity-unavailable' || reason === 'directory-unavailable'
      ? problem(reason, more)
      : refuse(request, reason)
  }

  return { get }
}
