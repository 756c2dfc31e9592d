import type { Clock } from '../../../clock.ts'
import { digestOf, hmac, newHandle } from '../../../crypto/crypto.ts'
import { idOfFingerprint, type Keys } from '../../../crypto/keys.ts'
import type { AuthenticationRequest } from '../../../identity-server/identity-server.ts'
import type { Limits } from '../../../limits/limits.ts'
import { forgetExpired, type RetentionOf } from '../../../retention-rule.ts'
import type { Store, Tx } from '../../../store/store.ts'
import { clearCookie, declareCookie, type SetCookie } from '../../../web/cookies.ts'

/** The handle of a sign-in at the institution’s server. */
export const externalSignInCookie = declareCookie('external')

/** A sign-in under way at the institution's server. The row gives no access and names no person. */
export type ExternalSignIn = {
  readonly id: string
  /** The return name of the page to which it leads. */
  readonly page: string
  /** `confirm` is « Confirmez que c'est vous »: it opens no session but makes the present one fresh. */
  readonly purpose: 'sign-in' | 'confirm'
  readonly fresh: boolean
  readonly startedAt: number
}

type Secrets = Pick<AuthenticationRequest, 'state' | 'nonce' | 'verifier'>

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
}

async function open(
  { clock, limits, keys }: Deps,
  tx: Tx,
  values: Pick<ExternalSignIn, 'page' | 'purpose' | 'fresh'>,
): Promise<SetCookie> {
  const handle = `${keys.id}${newHandle()}`
  const now = clock.now()
  await tx
    .insertInto('external_sign_ins')
    .values({
      id: digestOf(handle),
      page: values.page,
      purpose: values.purpose,
      fresh: values.fresh ? 1 : 0,
      tries: 0,
      left_at: now,
      expires_at: now + limits.externalSignIn,
    })
    .execute()
  return { cookie: externalSignInCookie, value: handle, maxAge: Math.floor(limits.externalSignIn / 1000) }
}

async function find({ store, clock, limits }: Deps, cookie: string | null): Promise<ExternalSignIn | null> {
  if (cookie === null) return null
  const row = await store.read
    .selectFrom('external_sign_ins')
    .selectAll()
    .where('id', '=', digestOf(cookie))
    .where('expires_at', '>', clock.now())
    .where('tries', '<', limits.externalSignInTries)
    .executeTakeFirst()
  if (!row) return null
  const purpose = row.purpose === 'confirm' ? 'confirm' : 'sign-in'
  return { id: row.id, page: row.page, purpose, fresh: row.fresh === 1, startedAt: row.left_at }
}

/** A handle begins with the id of the root key under which its sign-in was begun. */
const deriveSecret = ({ keys }: Deps, handle: string, what: string) =>
  hmac(keys.by(idOfFingerprint(handle), 'external-sign-in') ?? keys.of('external-sign-in'), what, handle)

async function countTry({ clock, limits }: Deps, tx: Tx, { id }: ExternalSignIn) {
  const counted = await tx
    .updateTable('external_sign_ins')
    .set(eb => ({ tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .where('expires_at', '>', clock.now())
    .where('tries', '<', limits.externalSignInTries)
    .executeTakeFirst()
  return counted.numUpdatedRows === 1n
}

/**
 * Sign-ins under way at the institution's server. State, nonce and PKCE verifier are derived from the handle in the
 * browser's cookie: an attacker who brings a response to another browser (login CSRF) cannot derive them, and none is
 * lost by a restart.
 */
export const createExternalSignIns = (deps: Deps) => ({
  open: (tx: Tx, values: Pick<ExternalSignIn, 'page' | 'purpose' | 'fresh'>) => open(deps, tx, values),
  find: (cookie: string | null) => find(deps, cookie),
  secretsFor: (cookie: string): Secrets => ({
    state: deriveSecret(deps, cookie, 'state'),
    nonce: deriveSecret(deps, cookie, 'nonce'),
    verifier: deriveSecret(deps, cookie, 'verifier'),
  }),
  /** Counts a callback before the server is asked about it; false when there were too many, or the sign-in is over. */
  countTry: (tx: Tx, externalSignIn: ExternalSignIn) => countTry(deps, tx, externalSignIn),
  /** Ends it for the one sign-in that it completes; false when another request was first. */
  consume: async (tx: Tx, { id }: ExternalSignIn) => {
    const deleted = await tx.deleteFrom('external_sign_ins').where('id', '=', id).executeTakeFirst()
    return deleted.numDeletedRows === 1n
  },
  clearedCookie: clearCookie(externalSignInCookie),
})

export type ExternalSignIns = ReturnType<typeof createExternalSignIns>

export const externalSignInRetention: RetentionOf<'external_sign_ins'> = {
  external_sign_ins: forgetExpired('external_sign_ins'),
}
