import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { digestOf, newHandle } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { SetCookie } from '../../web/ask.ts'

/** A sign-in that is not one yet: it opens nothing, and waits for a second factor or for a passkey. */
export type HalfSignIn = {
  readonly id: string
  /** Whose password was right; `null`: a passkey will say who stands there. */
  readonly person: PersonId | null
  readonly provedAt: number
}

export const halfSignInsIn = (parts: { store: Store; clock: Clock; limits: Limits }) => {
  const { store, clock, limits } = parts
  return {
    open: async (tx: Tx, person: PersonId | null, provedAt: number): Promise<SetCookie & { id: string }> => {
      const handle = newHandle()
      const id = digestOf(handle)
      const values = {
        id,
        person,
        proved_at: provedAt,
        refusals: 0,
        expires_at: clock.now() + limits.halfSignIn,
      }
      await tx.insertInto('half_sign_ins').values(values).execute()
      return { name: 'entering', value: handle, maxAge: Math.floor(limits.halfSignIn / 1000), id }
    },

    find: async (cookie: string | null): Promise<HalfSignIn | null> => {
      if (cookie === null) return null
      const row = await store.read
        .selectFrom('half_sign_ins')
        .selectAll()
        .where('id', '=', digestOf(cookie))
        .where('expires_at', '>', clock.now())
        .where('refusals', '<', limits.halfSignInTries)
        .executeTakeFirst()
      return row ? { id: row.id, person: row.person as PersonId | null, provedAt: row.proved_at } : null
    },

    /** Holds this wait alone until the transaction ends, and counts one answer; false when it is over. */
    spend: async (tx: Tx, { id }: HalfSignIn) => {
      const spent = await tx
        .updateTable('half_sign_ins')
        .set(eb => ({ refusals: eb('refusals', '+', 1) }))
        .where('id', '=', id)
        .where('expires_at', '>', clock.now())
        .where('refusals', '<', limits.halfSignInTries)
        .executeTakeFirst()
      return spent.numUpdatedRows === 1n
    },

    /** It led to a session, once. */
    consume: async (tx: Tx, { id }: HalfSignIn) => {
      const gone = await tx.deleteFrom('half_sign_ins').where('id', '=', id).executeTakeFirst()
      return gone.numDeletedRows === 1n
    },

    forgotten: { name: 'entering', value: '', maxAge: 0 } satisfies SetCookie,
  }
}

export type HalfSignIns = ReturnType<typeof halfSignInsIn>
