import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { digestOf, newHandle } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { SetCookie } from '../../web/handler.ts'
import { howOf, type NamesThere, type Proved } from '../sessions/session.ts'

/** A sign-in that is not one yet: it opens nothing, and waits for a second factor or for a passkey. */
export type PendingSignIn = {
  readonly id: string
  /** Whose password was right; `null`: a passkey will say who stands there. */
  readonly person: PersonId | null
  readonly provedAt: number
  /** What will have opened the session, whatever is still asked for. */
  readonly how: Proved
  /** « Confirmez que c'est vous »: the session that it makes fresh; `null`: it opens one. */
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
}

/** Our own page and a passkey prove at the instant; of the institution's server it is known as far as it says so. */
const provedIn = ({ how, external, external_subject: subject, authenticated_at }: Row): Proved => {
  const by = howOf(how)
  return by === 'cas' || by === 'oidc' ? { by, external, subject, authenticatedAt: authenticated_at } : { by }
}

const fromRow = (row: Row): PendingSignIn => ({
  id: row.id,
  person: row.person as PersonId | null,
  provedAt: row.proved_at,
  how: provedIn(row),
  confirms: row.confirms,
})

export const createPendingSignIns = (deps: { store: Store; clock: Clock; limits: Limits }) => {
  const { store, clock, limits } = deps
  /** A browser waits for one sign-in: what its cookie named ends when it signs in otherwise or begins again. */
  const supersede = async (tx: Tx, cookie: string | null) => {
    if (cookie !== null) await tx.deleteFrom('pending_sign_ins').where('id', '=', digestOf(cookie)).execute()
  }

  return {
    supersede,

    /** `superseded`: the cookie that the browser sent. */
    open: async (
      tx: Tx,
      begun: Omit<PendingSignIn, 'id'>,
      superseded: string | null,
    ): Promise<{ cookie: SetCookie; half: PendingSignIn }> => {
      await supersede(tx, superseded)
      const handle = newHandle()
      const id = digestOf(handle)
      const { person, provedAt, how, confirms } = begun
      const values = {
        ...{ id, person, proved_at: provedAt, refusals: 0, expires_at: clock.now() + limits.pendingSignIn },
        ...{ how: how.by, external: how.external ?? null, external_subject: how.subject ?? null },
        ...{ authenticated_at: how.authenticatedAt ?? null, confirms },
      }
      await tx.insertInto('pending_sign_ins').values(values).execute()
      const cookie = {
        name: 'entering',
        value: handle,
        maxAge: Math.floor(limits.pendingSignIn / 1000),
      } as const
      return { cookie, half: { id, ...begun } }
    },

    find: async (cookie: string | null): Promise<PendingSignIn | null> => {
      if (cookie === null) return null
      const row = await store.read
        .selectFrom('pending_sign_ins')
        .selectAll()
        .where('id', '=', digestOf(cookie))
        .where('expires_at', '>', clock.now())
        .where('refusals', '<', limits.pendingSignInTries)
        .executeTakeFirst()
      return row ? fromRow(row) : null
    },

    /** Holds this wait alone until the transaction ends, and counts one answer; false when it is over. */
    spend: async (tx: Tx, { id }: PendingSignIn) => {
      const spent = await tx
        .updateTable('pending_sign_ins')
        .set(eb => ({ refusals: eb('refusals', '+', 1) }))
        .where('id', '=', id)
        .where('expires_at', '>', clock.now())
        .where('refusals', '<', limits.pendingSignInTries)
        .executeTakeFirst()
      return spent.numUpdatedRows === 1n
    },

    /** It led to a session, once. */
    consume: async (tx: Tx, { id }: PendingSignIn) => {
      const gone = await tx.deleteFrom('pending_sign_ins').where('id', '=', id).executeTakeFirst()
      return gone.numDeletedRows === 1n
    },

    /** The account is frozen: what waits opens nothing any more. */
    endAll: (tx: Tx, person: PersonId) =>
      tx.deleteFrom('pending_sign_ins').where('person', '=', person).execute(),

    /** The institution's server ended the sign-in while it waited here. */
    endExternal: async (tx: Tx, { external, subject }: NamesThere) => {
      await tx
        .deleteFrom('pending_sign_ins')
        .where(eb => eb.or([eb('external', '=', external), eb('external_subject', '=', subject)]))
        .execute()
    },

    forgotten: { name: 'entering', value: '', maxAge: 0 } satisfies SetCookie,
  }
}

export type PendingSignIns = ReturnType<typeof createPendingSignIns>
