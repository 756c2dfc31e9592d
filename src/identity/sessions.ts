import type { Actor, Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { digestOf, newHandle, newId } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import type { ServerKind } from '../identity-server/identity-server.ts'
import type { Limits } from '../limits/limits.ts'
import type { ShownFactor } from '../proofs/second-factor/shown-factor.ts'
import type { RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import { clearCookie, type SetCookie } from '../web/cookies.ts'
import type { HandlerRequest } from '../web/handler.ts'
import { frozenPeople } from './freezes.ts'
import {
  cookieOf,
  type EndedBy,
  type ExternalIdentifiers,
  expiryColumns,
  fromRow,
  type Session,
  type SignInMethod,
  type SignInProof,
  sessionCookie,
} from './session.ts'
import { factorColumns, freshFactor, freshUntil, isFresh } from './session-freshness.ts'

/** `story`: names in the audit what led to it, such as a second factor. */
type SessionOpening = SignInProof & {
  readonly request: Pick<HandlerRequest, 'cookie' | 'device' | 'network'>
  readonly story?: string
}

type EndCause = { by: Actor; why: EndedBy; except?: string | null }

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly openedBy: readonly SignInMethod[]
  /** A session proves that the account is active: ends open activations and voids activation codes of the person. */
  readonly endActivation: (tx: Tx, person: PersonId) => Promise<unknown>
}

/** Excludes sessions of a method that is no longer allowed, since the institution's server was configured. */
const alive = ({ clock, limits, openedBy: methods }: Deps, db: Store['read']) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('how', 'in', methods)
    .where('ends_at', '>', clock.now())
    .where('seen_at', '>', clock.now() - limits.sessionIdle)
    .where('person', 'not in', frozenPeople(db, clock))

/** Every session of a person, also one that has expired. */
export const sessionsOf = (db: Store['read'], person: PersonId) =>
  db.selectFrom('sessions').select('id').where('person', '=', person)

const recordEnded = ({ audit }: Deps, tx: Tx, person: string, by: Actor, why: EndedBy, count: number) =>
  audit.append(tx, { chain: person, kind: 'session.ended', by, details: { why, count } })

/** Ends the session that this browser had (ASVS 7.2.4), and the oldest ones beyond `limits.sessionsPerPerson`. */
async function makeRoom(deps: Deps, tx: Tx, person: PersonId, cookie: string | null) {
  const replaced = digestOf(cookie ?? '')
  await tx.deleteFrom('sessions').where('id', '=', replaced).execute()
  const beyond = tx
    .selectFrom('sessions')
    .select('id')
    .where('person', '=', person)
    .orderBy('seen_at', 'desc')
    .limit(1000)
    .offset(deps.limits.sessionsPerPerson - 1)
  const ended = await tx.deleteFrom('sessions').where('id', 'in', beyond).executeTakeFirst()
  const count = Number(ended.numDeletedRows)
  if (count > 0) await recordEnded(deps, tx, person, { kind: 'system' }, 'too-many', count)
}

async function signInAs(
  deps: Deps,
  tx: Tx,
  person: PersonId,
  opening: SessionOpening,
): Promise<SetCookie | null> {
  const { clock, limits, audit } = deps
  const now = clock.now()
  const { by, request } = opening
  if (!deps.openedBy.includes(by)) return null
  await deps.endActivation(tx, person)
  await makeRoom(deps, tx, person, request.cookie(sessionCookie))
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
      fresh_until: freshUntil(deps, opening, now),
      ends_at: now + limits.sessionMaxAge,
      ...factorColumns(opening, now),
      ...expiryColumns(opening),
    })
    .execute()
  await audit.append(tx, {
    chain: person,
    kind: 'sign-in.accepted',
    by: { kind: 'person', id: person },
    details: { how: by, device: request.device, ...(opening.story && { story: opening.story }) },
  })
  return cookieOf(limits, handle)
}

async function renew(
  deps: Deps,
  tx: Tx,
  { id }: Pick<Session, 'id'>,
  proved: Omit<SignInProof, 'by'>,
): Promise<SetCookie | null> {
  const { clock, limits } = deps
  const handle = newHandle()
  const now = clock.now()
  const { external } = proved
  const renewed = await tx
    .updateTable('sessions')
    .set({
      id: digestOf(handle),
      seen_at: now,
      fresh_until: freshUntil(deps, proved, now),
      ...(external && { external }),
      ...factorColumns(proved, now),
      ...expiryColumns(proved),
    })
    .where('id', '=', id)
    .where('ends_at', '>', now)
    .where('seen_at', '>', now - limits.sessionIdle)
    .where('how', 'in', deps.openedBy)
    .where('person', 'not in', frozenPeople(tx, clock))
    .executeTakeFirst()
  return renewed.numUpdatedRows === 1n ? cookieOf(limits, handle) : null
}

async function find(deps: Deps, cookie: string | null): Promise<Session | null> {
  if (cookie === null) return null
  const row = await alive(deps, deps.store.read).where('id', '=', digestOf(cookie)).executeTakeFirst()
  return row ? fromRow(row) : null
}

async function showFactor({ clock }: Deps, tx: Tx, { id }: Session, factor: ShownFactor) {
  await tx.updateTable('sessions').set(factorColumns({ factor }, clock.now())).where('id', '=', id).execute()
}

async function forgetFactor(
  deps: Deps,
  tx: Tx,
  person: PersonId,
  factor: ShownFactor,
  except: string | null,
) {
  if (factor === 'passkey') {
    const ended = await tx
      .deleteFrom('sessions')
      .where('person', '=', person)
      .where('how', '=', 'passkey')
      .where('id', '!=', except ?? '')
      .executeTakeFirst()
    const count = Number(ended.numDeletedRows)
    if (count > 0) await recordEnded(deps, tx, person, { kind: 'system' }, 'factor', count)
  }
  await tx
    .updateTable('sessions')
    .set(eb => ({
      ...(factor !== 'recovery-code' && { fresh_until: deps.clock.now() }),
      factor: eb.case().when('factor', '=', factor).then(null).else(eb.ref('factor')).end(),
    }))
    .where('person', '=', person)
    .where('id', '!=', except ?? '')
    .execute()
}

async function touch({ store, clock, limits }: Deps, session: Session) {
  const now = clock.now()
  if (now - session.seenAt < limits.sessionTouchInterval) return
  await store.transaction(tx =>
    tx.updateTable('sessions').set({ seen_at: now }).where('id', '=', session.id).execute(),
  )
}

async function list(deps: Deps, person: PersonId) {
  const rows = await alive(deps, deps.store.read).where('person', '=', person).execute()
  return rows.map(fromRow).sort((a, b) => b.seenAt - a.seenAt)
}

async function endOne(deps: Deps, tx: Tx, person: PersonId, ref: string, why: EndedBy) {
  const rows = await tx.selectFrom('sessions').selectAll().where('person', '=', person).execute()
  const session = rows.map(fromRow).find(one => one.ref === ref)
  const ended = session && (await tx.deleteFrom('sessions').where('id', '=', session.id).executeTakeFirst())
  if (ended?.numDeletedRows !== 1n) return false
  await recordEnded(deps, tx, person, { kind: 'person', id: person }, why, 1)
  return true
}

async function endAll(deps: Deps, tx: Tx, person: PersonId, cause: EndCause) {
  const ended = await tx
    .deleteFrom('sessions')
    .where('person', '=', person)
    .where('id', '!=', cause.except ?? '')
    .executeTakeFirst()
  const count = Number(ended.numDeletedRows)
  if (count > 0) await recordEnded(deps, tx, person, cause.by, cause.why, count)
  return count
}

async function endExternal(deps: Deps, tx: Tx, by: ServerKind, identifiers: ExternalIdentifiers) {
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
  for (const { person } of rows) await recordEnded(deps, tx, person, { kind: 'system' }, 'server', 1)
  return rows.length
}

export const createSessions = (deps: Deps) => ({
  /** Opens every session of the product, for a person who has just proved their identity; `null`: not by this method. */
  signInAs: (tx: Tx, person: PersonId, opening: SessionOpening) => signInAs(deps, tx, person, opening),

  /** Gives the session a new handle after a fresh proof; `null` when it ended meanwhile. An `external` proof has a new identifier. */
  renew: (tx: Tx, session: Pick<Session, 'id'>, proved: Omit<SignInProof, 'by'> = {}) =>
    renew(deps, tx, session, proved),
  find: (cookie: string | null) => find(deps, cookie),

  /** The session, under this or a newer handle; `null`: it ended, or is less fresh than when it was read. Ask with the person's row locked. */
  current: async (tx: Tx, { origin, freshUntil: until }: Session) => {
    const open = alive(deps, tx).where('origin', '=', origin).where('fresh_until', '>=', until)
    return (await open.execute()).map(fromRow)[0] ?? null
  },
  isFresh: (session: Session) => isFresh(deps, session),

  /** The second factor that was shown recently enough in this session; `null` when there is none. */
  freshFactor: (session: Session) => freshFactor(deps, session),

  /** Records a factor as shown: its first use, which puts it in service, counts. */
  showFactor: (tx: Tx, session: Session, factor: ShownFactor) => showFactor(deps, tx, session, factor),

  /**
   * A factor was removed, perhaps because a stranger had it: it no longer counts as shown in the other sessions. Sessions
   * that a removed passkey opened end. After the removal of a passkey or an app, the other sessions are not fresh until a new
   * proof.
   */
  forgetFactor: (tx: Tx, person: PersonId, factor: ShownFactor, except: string | null = null) =>
    forgetFactor(deps, tx, person, factor, except),

  /** Postpones the idle timeout, with at most one write per `limits.sessionTouchInterval` (a minute). */
  touch: (session: Session) => touch(deps, session),

  /** Last seen first. */
  list: (person: PersonId) => list(deps, person),
  /** Ends one session of this person; false when the person has none with that `ref`. */
  end: (tx: Tx, person: PersonId, ref: string, why: EndedBy) => endOne(deps, tx, person, ref, why),

  /** Ends all sessions of this person, except the given one, and returns how many there were. */
  endAll: (tx: Tx, person: PersonId, cause: EndCause) => endAll(deps, tx, person, cause),

  /** A password that was accepted does not expire when the former one would have. */
  forgetExpiry: (tx: Tx, person: PersonId) =>
    tx.updateTable('sessions').set({ announced_expiry: null }).where('person', '=', person).execute(),
  /** The server where the person signed in ends the session (CAS single log-out, OpenID Connect back-channel logout). */
  endExternal: (tx: Tx, by: ServerKind, identifiers: ExternalIdentifiers) =>
    endExternal(deps, tx, by, identifiers),

  /** Deletes the session cookie in the browser. */
  clearedCookie: clearCookie(sessionCookie),
})

export type Sessions = ReturnType<typeof createSessions>

export const sessionRetention: RetentionOf<'sessions'> = {
  sessions: (tx, now, limits) =>
    tx
      .deleteFrom('sessions')
      .where(eb => eb.or([eb('ends_at', '<', now), eb('seen_at', '<', now - limits.sessionIdle)]))
      .execute(),
}
