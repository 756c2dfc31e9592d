import type { Actor, Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { digestOf, newHandle } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Ask, SetCookie } from '../../web/ask.ts'

/** Where the person proved who they are: our own page, or the institution's server. */
export type SignedInBy = 'embedded' | 'passkey' | 'cas' | 'oidc'

/** Somebody who signed in, on one device. The row opens nothing: only the browser holds the handle (ASVS 7.2.3). */
export type Session = {
  readonly id: string
  /** Names the session in a page without opening it. */
  readonly ref: string
  readonly person: PersonId
  readonly how: SignedInBy
  readonly device: string
  readonly network: string
  readonly createdAt: number
  readonly seenAt: number
  readonly freshUntil: number
}

export type How = {
  readonly by: SignedInBy
  readonly ask: Pick<Ask, 'cookie' | 'device' | 'network'>
  /** CAS session index or OIDC sid: the server names it when it ends the session (`endExternal`). */
  readonly external?: string
  /** When the person really proved who they are, where a server says so (`auth_time`); absent: now. */
  readonly authenticatedAt?: number
}

type Row = {
  id: string
  person: string
  how: string
  device: string
  network: string
  created_at: number
  seen_at: number
  fresh_until: number
}

/** Why a session ended, as the journal tells it. */
export type EndedBy = 'sign-out' | 'person' | 'password' | 'freeze' | 'server' | 'desk'

const others: readonly SignedInBy[] = ['passkey', 'cas', 'oidc']
const howOf = (text: string): SignedInBy => others.find(by => by === text) ?? 'embedded'

const fromRow = (row: Row): Session => ({
  id: row.id,
  ref: digestOf(row.id).slice(0, 16),
  person: row.person as PersonId,
  how: howOf(row.how),
  device: row.device,
  network: row.network,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  freshUntil: row.fresh_until,
})

export const sessionsIn = (parts: { store: Store; clock: Clock; limits: Limits; audit: Audit }) => {
  const { store, clock, limits, audit } = parts

  const cookieOf = (value: string): SetCookie => ({
    name: 'session',
    value,
    maxAge: Math.floor(limits.sessionWhole / 1000),
  })

  const alive = (db: Store['read']) =>
    db
      .selectFrom('sessions')
      .selectAll()
      .where('ends_at', '>', clock.now())
      .where('seen_at', '>', clock.now() - limits.sessionIdle)

  const tellEnded = (tx: Tx, person: string, by: Actor, why: EndedBy, count: number) =>
    audit.append(tx, { chain: person, kind: 'session.ended', by, details: { why, count } })

  /** A browser that signs in again leaves its old handle behind (ASVS 7.2.4); too many sessions end the oldest. */
  const makeRoom = async (tx: Tx, person: PersonId, cookie: string | null) => {
    await tx
      .deleteFrom('sessions')
      .where('id', '=', digestOf(cookie ?? ''))
      .execute()
    const beyond = tx
      .selectFrom('sessions')
      .select('id')
      .where('person', '=', person)
      .orderBy('seen_at', 'desc')
      .limit(1000)
      .offset(limits.sessionsPerPerson - 1)
    await tx.deleteFrom('sessions').where('id', 'in', beyond).execute()
  }

  return {
    /** Opens a session for somebody who has just proved who they are. The cookie goes with the answer. */
    signInAs: async (tx: Tx, person: PersonId, how: How): Promise<SetCookie> => {
      const now = clock.now()
      const { by, ask } = how
      await makeRoom(tx, person, ask.cookie('session'))
      const handle = newHandle()
      await tx
        .insertInto('sessions')
        .values({
          id: digestOf(handle),
          person,
          how: by,
          external: how.external === undefined ? null : digestOf(how.external),
          device: ask.device,
          network: ask.network.id,
          created_at: now,
          seen_at: now,
          fresh_until: (how.authenticatedAt ?? now) + limits.sessionFresh,
          ends_at: now + limits.sessionWhole,
        })
        .execute()
      await audit.append(tx, {
        chain: person,
        kind: 'sign-in.accepted',
        by: { kind: 'person', id: person },
        details: { how: by, device: ask.device },
      })
      return cookieOf(handle)
    },

    /** The same session under a new handle, after a fresh proof. `null` when it ended meanwhile. */
    renew: async (tx: Tx, session: Session): Promise<SetCookie | null> => {
      const handle = newHandle()
      const now = clock.now()
      const renewed = await tx
        .updateTable('sessions')
        .set({ id: digestOf(handle), seen_at: now, fresh_until: now + limits.sessionFresh })
        .where('id', '=', session.id)
        .executeTakeFirst()
      return renewed.numUpdatedRows === 1n ? cookieOf(handle) : null
    },

    find: async (cookie: string | null): Promise<Session | null> => {
      if (cookie === null) return null
      const row = await alive(store.read).where('id', '=', digestOf(cookie)).executeTakeFirst()
      return row ? fromRow(row) : null
    },

    isFresh: (session: Session) => session.freshUntil > clock.now(),

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
    endExternal: async (tx: Tx, by: 'cas' | 'oidc', external: string) => {
      const rows = await tx
        .deleteFrom('sessions')
        .where('how', '=', by)
        .where('external', '=', digestOf(external))
        .returning('person')
        .execute()
      for (const { person } of rows) await tellEnded(tx, person, { kind: 'system' }, 'server', 1)
      return rows.length
    },

    /** Takes the handle back from the browser. */
    forgotten: { name: 'session', value: '', maxAge: 0 } satisfies SetCookie,
  }
}

export type Sessions = ReturnType<typeof sessionsIn>
