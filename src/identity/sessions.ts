import type { Actor, Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { digestOf, newHandle, newId } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { ShownFactor } from '../proofs/second-factor/shown-factor.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import { clearCookie, type SetCookie } from '../web/cookies.ts'
import type { HandlerRequest } from '../web/handler.ts'
import { frozenPeople } from './freezes.ts'
import {
  type ExternalIdentifiers,
  fromRow,
  type Session,
  type SignInMethod,
  type SignInProof,
  sessionCookie,
} from './session.ts'

type SessionOpening = SignInProof & {
  readonly request: Pick<HandlerRequest, 'cookie' | 'device' | 'network'>
}

/** Why a session ended, as recorded in the audit log. */
export type EndedBy =
  | 'sign-out'
  | 'person'
  | 'password'
  | 'freeze'
  | 'server'
  | 'desk'
  | 'too-many'
  | 'factor'

/** The sign-in methods that open a session: where an institution's server is configured, that server alone. */
export const openedBy = (server: 'embedded' | 'cas' | 'oidc'): readonly SignInMethod[] =>
  server === 'embedded' ? ['embedded', 'passkey'] : [server]

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly openedBy: readonly SignInMethod[]
  /** A session proves that the account is active: ends open activations and voids activation codes of the person. */
  readonly endActivation: (tx: Tx, person: PersonId) => Promise<unknown>
}

export const createSessions = (deps: Deps) => {
  const { store, clock, limits, audit } = deps

  const cookieOf = (value: string): SetCookie => ({
    cookie: sessionCookie,
    value,
    maxAge: Math.floor(limits.sessionMaxAge / 1000),
  })

  /** Excludes sessions of a method that is no longer allowed, since the institution's server was configured. */
  const alive = (db: Store['read']) =>
    db
      .selectFrom('sessions')
      .selectAll()
      .where('how', 'in', deps.openedBy)
      .where('ends_at', '>', clock.now())
      .where('seen_at', '>', clock.now() - limits.sessionIdle)
      .where('person', 'not in', frozenPeople(db, clock))

  /** Not fresh where the server does not say when the person authenticated: it may be hours ago. */
  const freshUntil = ({ authenticatedAt }: Pick<SignInProof, 'authenticatedAt'>, now: number) => {
    if (authenticatedAt === undefined) return now + limits.sessionFresh
    return authenticatedAt === null ? now : authenticatedAt + limits.sessionFresh
  }

  /** The server's factor has the age of its proof; where that is unknown it is never fresh. */
  const factorOf = ({ factor, authenticatedAt }: Omit<SignInProof, 'by'>, now: number) => {
    if (!factor) return {}
    return { factor, factor_at: factor === 'server' ? (authenticatedAt ?? 0) : now }
  }

  const recordEnded = (tx: Tx, person: string, by: Actor, why: EndedBy, count: number) =>
    audit.append(tx, { chain: person, kind: 'session.ended', by, details: { why, count } })

  /** Ends the session that this browser had (ASVS 7.2.4), and the oldest ones beyond `limits.sessionsPerPerson`. */
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
    if (count > 0) await recordEnded(tx, person, { kind: 'system' }, 'too-many', count)
  }

  return {
    /**
     * Opens a session for a person who has just proved their identity, and returns its cookie; `null` when this method
     * opens no session here. Every session of the product is opened by this function.
     */
    signInAs: async (tx: Tx, person: PersonId, opening: SessionOpening): Promise<SetCookie | null> => {
      const now = clock.now()
      const { by, request } = opening
      if (!deps.openedBy.includes(by)) return null
      await deps.endActivation(tx, person)
      await makeRoom(tx, person, request.cookie(sessionCookie))
      const handle = newHandle()
      await tx
        .insertInto('sessions')
        .values({
          id: digestOf(handle),
          origin: newId(),
          person,
          how: by,
          external: opening.external ?? null,
          external_subject: opening.subject ?? null,
          device: request.device,
          network: request.network.id,
          created_at: now,
          seen_at: now,
          fresh_until: freshUntil(opening, now),
          ends_at: now + limits.sessionMaxAge,
          ...factorOf(opening, now),
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
     * Gives the session a new handle after a fresh proof; `null` when it ended meanwhile. A new proof at the institution's
     * server has a new `external` identifier, by which that server will end the session.
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

    /** The second factor that was shown recently enough in this session; `null` when there is none. */
    freshFactor: ({ factor }: Session): ShownFactor | null =>
      factor && factor.at + limits.sessionFresh > clock.now() ? factor.by : null,

    /** Records a factor as shown: its first use, which puts it in service, counts. */
    showFactor: async (tx: Tx, { id }: Session, factor: ShownFactor) => {
      await tx.updateTable('sessions').set(factorOf({ factor }, clock.now())).where('id', '=', id).execute()
    },

    /**
     * A factor was removed, perhaps because a stranger had it: it no longer counts as shown in the other sessions. Sessions
     * that a removed passkey opened end. After the removal of a passkey or an app, the other sessions are not fresh until a new
     * proof.
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
        if (count > 0) await recordEnded(tx, person, { kind: 'system' }, 'factor', count)
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

    /** Postpones the idle timeout, with at most one write per `limits.sessionTouchInterval` (a minute). */
    touch: async (session: Session) => {
      const now = clock.now()
      if (now - session.seenAt < limits.sessionTouchInterval) return
      await store.transaction(tx =>
        tx.updateTable('sessions').set({ seen_at: now }).where('id', '=', session.id).execute(),
      )
    },

    /** Last seen first. */
    list: async (person: PersonId) => {
      const rows = await alive(store.read).where('person', '=', person).execute()
      return rows.map(fromRow).sort((a, b) => b.seenAt - a.seenAt)
    },

    /** Ends one session of this person; false when the person has none with that `ref`. */
    end: async (tx: Tx, person: PersonId, ref: string, why: EndedBy) => {
      const rows = await tx.selectFrom('sessions').selectAll().where('person', '=', person).execute()
      const session = rows.map(fromRow).find(one => one.ref === ref)
      if (!session) return false
      const ended = await tx.deleteFrom('sessions').where('id', '=', session.id).executeTakeFirst()
      if (ended.numDeletedRows !== 1n) return false
      await recordEnded(tx, person, { kind: 'person', id: person }, why, 1)
      return true
    },

    /** Ends all sessions of this person, except the given one, and returns how many there were. */
    endAll: async (tx: Tx, person: PersonId, cause: { by: Actor; why: EndedBy; except?: string | null }) => {
      const ended = await tx
        .deleteFrom('sessions')
        .where('person', '=', person)
        .where('id', '!=', cause.except ?? '')
        .executeTakeFirst()
      const count = Number(ended.numDeletedRows)
      if (count > 0) await recordEnded(tx, person, cause.by, cause.why, count)
      return count
    },

    /** The server where the person signed in ends the session (CAS single log-out, OpenID Connect back-channel logout). */
    endExternal: async (tx: Tx, by: 'cas' | 'oidc', identifiers: ExternalIdentifiers) => {
      const { external, subject } = identifiers
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
      for (const { person } of rows) await recordEnded(tx, person, { kind: 'system' }, 'server', 1)
      return rows.length
    },

    /** Deletes the session cookie in the browser. */
    clearedCookie: clearCookie(sessionCookie),
  }
}

export type Sessions = ReturnType<typeof createSessions>

export const sessionRetention: RetentionOf<'sessions'> = {
  sessions: (tx, now, limits) =>
    tx
      .deleteFrom('sessions')
      .where(eb => eb.or([eb('ends_at', '<', now), eb('seen_at', '<', now - limits.sessionIdle)]))
      .execute(),
}
