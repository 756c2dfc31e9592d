import type { Clock } from '../../../clock.ts'
import type { Leaving } from '../../../identity-server/identity-server.ts'
import { digestOf, hmac, type Keys, newHandle } from '../../../keys.ts'
import type { Limits } from '../../../limits.ts'
import type { Store, Tx } from '../../../store/store.ts'
import type { SetCookie } from '../../../web/handler.ts'

/** A browser that is away at the institution's server. The row opens nothing, and names nobody. */
export type ExternalSignIn = {
  readonly id: string
  /** The name of the page where it leads. */
  readonly page: string
  /** « Confirmez que c'est vous » opens no session: it makes one fresh. */
  readonly purpose: 'sign-in' | 'confirm'
  readonly fresh: boolean
  readonly leftAt: number
}

type Secrets = Pick<Leaving, 'state' | 'nonce' | 'verifier'>

/**
 * Sign-ins under way at the institution's server. State, nonce and PKCE verifier are made from the handle that the
 * browser holds: whoever brings an answer to another browser (login CSRF) cannot make them, and a restart loses none.
 */
export const createExternalSignIns = (deps: { store: Store; clock: Clock; limits: Limits; keys: Keys }) => {
  const { store, clock, limits, keys } = deps

  const made = (handle: string, what: string) => hmac(keys.of('external-sign-in'), what, handle)

  const waiting = (db: Store['read'], id: string) =>
    db
      .selectFrom('external_sign_ins')
      .selectAll()
      .where('id', '=', id)
      .where('expires_at', '>', clock.now())
      .where('tries', '<', limits.externalSignInTries)

  return {
    open: async (tx: Tx, begun: Pick<ExternalSignIn, 'page' | 'purpose' | 'fresh'>): Promise<SetCookie> => {
      const handle = newHandle()
      const now = clock.now()
      await tx
        .insertInto('external_sign_ins')
        .values({
          ...{ id: digestOf(handle), page: begun.page, purpose: begun.purpose, fresh: begun.fresh ? 1 : 0 },
          ...{ tries: 0, left_at: now, expires_at: now + limits.externalSignIn },
        })
        .execute()
      return { name: 'away', value: handle, maxAge: Math.floor(limits.externalSignIn / 1000) }
    },

    find: async (cookie: string | null): Promise<ExternalSignIn | null> => {
      if (cookie === null) return null
      const row = await waiting(store.read, digestOf(cookie)).executeTakeFirst()
      if (!row) return null
      const purpose = row.purpose === 'confirm' ? 'confirm' : 'sign-in'
      return { id: row.id, page: row.page, purpose, fresh: row.fresh === 1, leftAt: row.left_at }
    },

    secretsOf: (cookie: string): Secrets => ({
      state: made(cookie, 'state'),
      nonce: made(cookie, 'nonce'),
      verifier: made(cookie, 'verifier'),
    }),

    /** Counts an answer before the server is asked about it; false when there were too many, or it is over. */
    spend: async (tx: Tx, { id }: ExternalSignIn) => {
      const spent = await tx
        .updateTable('external_sign_ins')
        .set(eb => ({ tries: eb('tries', '+', 1) }))
        .where('id', '=', id)
        .where('expires_at', '>', clock.now())
        .where('tries', '<', limits.externalSignInTries)
        .executeTakeFirst()
      return spent.numUpdatedRows === 1n
    },

    /** It led somewhere, once. */
    consume: async (tx: Tx, { id }: ExternalSignIn) => {
      const gone = await tx.deleteFrom('external_sign_ins').where('id', '=', id).executeTakeFirst()
      return gone.numDeletedRows === 1n
    },

    forgotten: { name: 'away', value: '', maxAge: 0 } satisfies SetCookie,
  }
}

export type ExternalSignIns = ReturnType<typeof createExternalSignIns>
