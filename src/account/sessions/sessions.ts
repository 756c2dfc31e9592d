import type { Actor, Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { digestOf, newHandle, newId } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { ShownFactor } from '../../proofs/second-factor/shown-factor.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { HandlerRequest, SetCookie } from '../../web/handler.ts'
import { frozenPeople } from '../freezes.ts'
import {
  type ExternalIdentifiers,
  fromRow,
  type Session,
  type SignInMethod,
  type SignInProof,
} from './session.ts'

type How = SignInProof & { readonly request: Pick<HandlerRequest, 'cookie' | 'device' | 'network'> }

/** Why a session ended, as the journal tells it. */
export type EndedBy =
  | 'sign-out'
  | 'person'
  | 'password'
  | 'freeze'
  | 'server'
  | 'desk'
  | 'too-many'
  | 'factor'

/** What may open a session: the institution's server where one is configured, and then nothing else. */
export const openedBy = (server: 'embedded' | 'cas' | 'oidc'): readonly SignInMethod[] =>
  server === 'embedded' ? ['embedded', 'passkey'] : [server]

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly openedBy: readonly SignInMethod[]
  /** Whoever has a session has an account that works: no letter, and no activation left open, does anything to it. */
  readonly endActivation: (tx: Tx, person: PersonId) => Promise<unknown>
}

export const createSessions = (deps: Deps) => {
  const { store, clock, limits, audit } = deps

  const cookieOf = (value: string): SetCookie => ({
    name: 'session',
    value,
    maxAge: Math.floor(limits.sessionWhole / 1000),
  })

  /** One that was opened in a way that is closed now is over: the institution's server was configured since. */
  const alive = (db: Store['read']) =>
    db
      .selectFrom('sessions')
      .selectAll()
      .where('how', 'in', deps.openedBy)
      .where('ends_at', '>', clock.now())
      .where('seen_at', '>', clock.now() - limits.sessionIdle)
      .where('person', 'not in', frozenPeople(db, clock))

  /** A server that does not say when the person signed in there may mean hours ago: nothing is fresh about it. */
  const freshUntil = ({ authenticatedAt }: Pick<SignInProof, 'authenticatedAt'>, now: number) => {
    if (authenticatedAt === undefined) return now + limits.sessionFresh
    return authenticatedAt === null ? now : authenticatedAt + limits.sessionFresh
  }

  /** A server's own factor is as old as its proof, and never fresh where it does not say when that was. */
  const factorOf = ({ factor, authenticatedAt }: Omit<SignInProof, 'by'>, now: number) => {
    if (!factor) return {}
    return { factor, factor_at: factor === 'server' ? (authenticatedAt ?? 0) : now }
  }

  const tellEnded = (tx: Tx, person: string, by: Actor, why: EndedBy, count: number) =>
    audit.append(tx, { chain: person, kind: 'session.ended', by, details: { why, count } })

  /** A browser that signs in again leaves its old handle behind (ASVS 7.2.4); too many sessions end the oldest. */
  const makeRoom = async (tx: Tx, person: PersonId, cookie: string | null) => {
    const replaced = digestOf(cookie ?? '')
    await tx.deleteFrom('sessions').where('id', '=', replaced).execute()
    const beyond = tx
      .selectFrom('sessions')
      .select('id')
      .where('person', '=', person)
      .orderBy('seen_at', 'desc')
      .limit(1000)
      .offset(limits.sessionsPerPerson - 1)
    const ended = await tx.deleteFrom('sessions').where('id', 'in', beyond).executeTakeFirst()
    const count = Number(ended.numDeletedRows)
    if (count > 0) await tellEnded(tx, person, { kind: 'system' }, 'too-many', count)
  }

  return {
    /**
     * Opens a session for somebody who has just proved who they are. The cookie goes with the answer. `null`: no session
     * is opened in that way here. Every session of the product is opened by this verb.
     */
    signInAs: async (tx: Tx, person: PersonId, how: How): Promise<SetCookie | null> => {
      const now = clock.now()
      const { by, request } = how
      if (!deps.openedBy.includes(by)) return null
      await deps.endActivation(tx, person)
      await makeRoom(tx, person, request.cookie('session'))
      const handle = newHandle()
      await tx
        .insertInto('sessions')
        .values({
          ...{ id: digestOf(handle), origin: newId(), person },
          how: by,
          external: how.external ?? null,
          external_subject: how.subject ?? null,
          device: request.device,
          network: request.network.id,
          created_at: now,
          seen_at: now,
          fresh_until: freshUntil(how, now),
          ends_at: now + limits.sessionWhole,
          ...factorOf(how, now),
        })
        .execute()
      await audit.append(tx, {
        chain: person,
        kind: 'sign-in.accepted',
        by: { kind: 'person', id: person },
        details: { how: by, device: request.device },
      })
      return cookieOf(handle)
    },

    /**
     * The same session under a new handle, after a fresh proof. `null` when it ended meanwhile. A proof at the server
     * that opened it has a new name there, by which it will be ended.
     */
    renew: async (
      tx: Tx,
      session: Pick<Session, 'id'>,
      proved: Omit<SignInProof, 'by'> = {},
    ): Promise<SetCookie | null> => {
      const handle = newHandle()
      const now = clock.now()
      const { external } = proved
      const renewed = await tx
        .updateTable('sessions')
        .set({
          id: digestOf(handle),
          seen_at: now,
          fresh_until: freshUntil(proved, now),
          ...(external && { external }),
          ...factorOf(proved, now),
        })
        .where('id', '=', session.id)
        .where('ends_at', '>', now)
        .where('seen_at', '>', now - limits.sessionIdle)
        .where('how', 'in', deps.openedBy)
        .where('person', 'not in', frozenPeople(tx, clock))
        .executeTakeFirst()
      return renewed.numUpdatedRows === 1n ? cookieOf(handle) : null
    },

    find: async (cookie: string | null): Promise<Session | null> => {
      if (cookie === null) return null
      const row = await alive(store.read).where('id', '=', digestOf(cookie)).executeTakeFirst()
      return row ? fromRow(row) : null
    },

    isFresh: (session: Session) => session.freshUntil > clock.now(),

    /** The second factor that this session may still act by; `null`: none was shown, or too long ago. */
    freshFactor: ({ factor }: Session): ShownFactor | null =>
      factor && factor.at + limits.sessionFresh > clock.now() ? factor.by : null,

    /** A factor that enters service by its first use was shown by that use. */
    showFactor: async (tx: Tx, { id }: Session, factor: ShownFactor) => {
      await tx.updateTable('sessions').set(factorOf({ factor }, clock.now())).where('id', '=', id).execute()
    },

    /**
     * A factor was taken away, perhaps because a stranger held it: in the other sessions it was not shown. Those that a
     * passkey opened end with it; after a passkey or an app nothing in them is fresh until their owner proves again who they are.
     */
    forgetFactor: async (tx: Tx, person: PersonId, factor: ShownFactor, except: string | null = null) => {
      if (factor === 'passkey') {
        const ended = await tx
          .deleteFrom('sessions')
          .where('person', '=', person)
          .where('how', '=', 'passkey')
          .where('id', '!=', except ?? '')
          .executeTakeFirst()
        const count = Number(ended.numDeletedRows)
        if (count > 0) await tellEnded(tx, person, { kind: 'system' }, 'factor', count)
      }
      await tx
        .updateTable('sessions')
        .set(eb => ({
          ...(factor !== 'recovery-code' && { fresh_until: clock.now() }),
          factor: eb.case().when('factor', '=', factor).then(null).else(eb.ref('factor')).end(),
        }))
        .where('person', '=', person)
        .where('id', '!=', except ?? '')
        .execute()
    },

    /** Keeps the session alive. At most one write a minute, however many pages are looked at. */
    touch: async (session: Session) => {
      const now = clock.now()
      if (now - session.seenAt < limits.sessionSeen) return
      await store.transaction(tx =>
        tx.updateTable('sessions').set({ seen_at: now }).where('id', '=', session.id).execute(),
      )
    },

    /** Newest sight first. */
    list: async (person: PersonId) => {
      const rows = await alive(store.read).where('person', '=', person).execute()
      return rows.map(fromRow).sort((a, b) => b.seenAt - a.seenAt)
    },

    /** Ends one session of this person and of nobody else; false when there is none by that name. */
    end: async (tx: Tx, person: PersonId, ref: string, why: EndedBy) => {
      const rows = await tx.selectFrom('sessions').selectAll().where('person', '=', person).execute()
      const session = rows.map(fromRow).find(one => one.ref === ref)
      if (!session) return false
      const ended = await tx.deleteFrom('sessions').where('id', '=', session.id).executeTakeFirst()
      if (ended.numDeletedRows !== 1n) return false
      await tellEnded(tx, person, { kind: 'person', id: person }, why, 1)
      return true
    },

    /** Ends all sessions of this person, but for one where told; how many there were. */
    endAll: async (tx: Tx, person: PersonId, told: { by: Actor; why: EndedBy; except?: string | null }) => {
      const ended = await tx
        .deleteFrom('sessions')
        .where('person', '=', person)
        .where('id', '!=', told.except ?? '')
        .executeTakeFirst()
      const count = Number(ended.numDeletedRows)
      if (count > 0) await tellEnded(tx, person, told.by, told.why, count)
      return count
    },

    /** The server where the person signed in ends the session there (CAS single log-out, OIDC back-channel). */
    endExternal: async (tx: Tx, by: 'cas' | 'oidc', named: ExternalIdentifiers) => {
      const { external, subject } = named
      const rows = await tx
        .deleteFrom('sessions')
        .where('how', '=', by)
        .where(eb =>
          external === null
            ? eb('external_subject', '=', subject)
            : eb.or([
                eb('external', '=', external),
                eb.and([eb('external', 'is', null), eb('external_subject', '=', subject)]),
              ]),
        )
        .returning('person')
        .execute()
      for (const { person } of rows) await tellEnded(tx, person, { kind: 'system' }, 'server', 1)
      return rows.length
    },

    /** Takes the handle back from the browser. */
    clearedCookie: { name: 'session', value: '', maxAge: 0 } satisfies SetCookie,
  }
}

export type Sessions = ReturnType<typeof createSessions>
