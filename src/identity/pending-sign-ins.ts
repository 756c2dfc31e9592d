import type { Clock } from '../clock.ts'
import { digestOf, newHandle } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { isServerKind } from '../identity-server/identity-server.ts'
import type { Limits } from '../limits/limits.ts'
import { forgetExpired, type RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import { clearCookie, declareCookie, type SetCookie } from '../web/cookies.ts'
import {
  type ExternalIdentifiers,
  expiryColumns,
  expiryIn,
  type SignInProof,
  signInMethodOf,
} from './session.ts'

/** The handle of a sign-in whose second factor is not yet shown. */
export const pendingSignInCookie = declareCookie('pending')

/** A sign-in that waits for a second factor or for a passkey. It gives no access before that. */
export type PendingSignIn = {
  readonly id: string
  /** Whose password was right; `null`: the passkey will identify the person. */
  readonly person: PersonId | null
  readonly provedAt: number
  /** What the sign-in has proved so far, recorded in the session that it opens. */
  readonly proof: SignInProof
  /** « Confirmez que c'est vous »: id of the session that it makes fresh; `null`: it opens a new session. */
  readonly confirms: string | null
}

type Row = {
  id: string
  person: string | null
  proved_at: number
  how: string
  external: string | null
  external_subject: string | null
  authenticated_at: number | null
  confirms: string | null
  announced_expiry: string | null
}

/**
 * On our own page and with a passkey the proof is given now. The institution's server reports when it was given, or does not
 * report it.
 */
const proofIn = (row: Row): SignInProof => {
  const { how, external, external_subject: subject, authenticated_at } = row
  const by = signInMethodOf(how)
  const expiry = expiryIn(row)
  return isServerKind(by)
    ? { by, external, subject, authenticatedAt: authenticated_at }
    : { by, ...(expiry && { expiry }) }
}

const fromRow = (row: Row): PendingSignIn => ({
  id: row.id,
  person: row.person as PersonId | null,
  provedAt: row.proved_at,
  proof: proofIn(row),
  confirms: row.confirms,
})

/** Those of a person in which the expiry of their password was announced. */
export const announcedSignIns = (db: Store['read'], person: PersonId) =>
  db
    .selectFrom('pending_sign_ins')
    .select('id')
    .where('person', '=', person)
    .where('announced_expiry', 'is not', null)

type Deps = { readonly store: Store; readonly clock: Clock; readonly limits: Limits }

/**
 * A browser has one pending sign-in: the one of its cookie ends when the browser signs in by another method or begins again.
 */
async function supersede(tx: Tx, cookie: string | null) {
  if (cookie !== null) await tx.deleteFrom('pending_sign_ins').where('id', '=', digestOf(cookie)).execute()
}

async function open(
  { clock, limits }: Deps,
  tx: Tx,
  values: Omit<PendingSignIn, 'id'>,
  superseded: string | null,
): Promise<{ cookie: SetCookie; pending: PendingSignIn }> {
  await supersede(tx, superseded)
  const handle = newHandle()
  const id = digestOf(handle)
  const { person, provedAt, proof, confirms } = values
  const row = {
    id,
    person,
    proved_at: provedAt,
    tries: 0,
    expires_at: clock.now() + limits.pendingSignIn,
    how: proof.by,
    external: proof.external ?? null,
    external_subject: proof.subject ?? null,
    authenticated_at: proof.authenticatedAt ?? null,
    ...expiryColumns(proof),
    confirms,
  }
  await tx.insertInto('pending_sign_ins').values(row).execute()
  const cookie = {
    cookie: pendingSignInCookie,
    value: handle,
    maxAge: Math.floor(limits.pendingSignIn / 1000),
  } as const
  return { cookie, pending: { id, ...values } }
}

async function find({ store, clock, limits }: Deps, cookie: string | null): Promise<PendingSignIn | null> {
  if (cookie === null) return null
  const row = await store.read
    .selectFrom('pending_sign_ins')
    .selectAll()
    .where('id', '=', digestOf(cookie))
    .where('expires_at', '>', clock.now())
    .where('tries', '<', limits.pendingSignInTries)
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

async function countTry({ clock, limits }: Deps, tx: Tx, { id }: PendingSignIn) {
  const counted = await tx
    .updateTable('pending_sign_ins')
    .set(eb => ({ tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .where('expires_at', '>', clock.now())
    .where('tries', '<', limits.pendingSignInTries)
    .executeTakeFirst()
  return counted.numUpdatedRows === 1n
}

async function consume(tx: Tx, { id }: PendingSignIn) {
  const deleted = await tx.deleteFrom('pending_sign_ins').where('id', '=', id).executeTakeFirst()
  return deleted.numDeletedRows === 1n
}

async function endExternal(tx: Tx, { external, subject }: ExternalIdentifiers) {
  await tx
    .deleteFrom('pending_sign_ins')
    .where(eb => eb.or([eb('external', '=', external), eb('external_subject', '=', subject)]))
    .execute()
}

export const createPendingSignIns = (deps: Deps) => ({
  supersede,

  /** `superseded`: the cookie that the browser sent, whose pending sign-in ends. */
  open: (tx: Tx, values: Omit<PendingSignIn, 'id'>, superseded: string | null) =>
    open(deps, tx, values, superseded),
  find: (cookie: string | null) => find(deps, cookie),

  /**
   * Counts one try, before it is judged; false when there were too many or the sign-in is over. Locks the row until
   * the transaction ends.
   */
  countTry: (tx: Tx, pending: PendingSignIn) => countTry(deps, tx, pending),

  /** Ends it for the one session that it opens; false when another request was first. */
  consume,

  /** Ends every pending sign-in of the person, when the account is frozen. */
  endAll: (tx: Tx, person: PersonId) =>
    tx.deleteFrom('pending_sign_ins').where('person', '=', person).execute(),

  /** As in a session, which it would be passed on to. */
  forgetExpiry: (tx: Tx, person: PersonId) =>
    tx.updateTable('pending_sign_ins').set({ announced_expiry: null }).where('person', '=', person).execute(),

  /** Ends the pending sign-ins that the institution's server has logged out. */
  endExternal,

  clearedCookie: clearCookie(pendingSignInCookie),
})

export type PendingSignIns = ReturnType<typeof createPendingSignIns>

export const pendingSignInRetention: RetentionOf<'pending_sign_ins'> = {
  pending_sign_ins: forgetExpired('pending_sign_ins'),
}
