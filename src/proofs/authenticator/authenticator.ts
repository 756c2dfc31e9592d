import { Secret, TOTP } from 'otpauth'
import type { Clock } from '../../clock.ts'
import { newId, seal } from '../../crypto/crypto.ts'
import { isSealedAnew, type Keys, unsealUnder } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Rekeying } from '../../rekeying.ts'
import { type Ok, ok } from '../../result.ts'
import { forgetUnconfirmed, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { unified } from '../../texts/unified.ts'
import type { InPlace, JudgedFactor, PendingAnswer } from '../proof.ts'

/** Codes of the step before and after are accepted too: clocks of phones differ (RFC 6238 §5.2). */
const drift = 1
const period = 30

/** 160 bits, the length of the HMAC's own digest (RFC 4226 §4, R6). */
const newSecret = () => new Secret({ size: 20 })

const totpOf = (secret: Secret, names = {}) =>
  new TOTP({ secret, algorithm: 'SHA1', digits: 6, period, ...names })

type Row = { id: string; sealed: string; last_step: number }

/** The six digits of an authenticator app, once spaces are taken out; `null` for anything else. */
export const foldDigits = (typed: string) => {
  const digits = unified(typed).replace(/[\s-]/g, '')
  return /^[0-9]{6}$/.test(digits) ? digits : null
}

type AuthenticatorsDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  /** Draws the secret of a new app; absent outside tests. */
  readonly secrets?: () => Secret
}

function sealContextOf(id: string) {
  return `authenticators.sealed:${id}`
}

function secretOf(keys: Keys, { id, sealed }: Row) {
  return Secret.fromBase32(unsealUnder(keys, 'seal-authenticator', sealContextOf(id), sealed))
}

function findInService(person: PersonId, db: Store['read']) {
  return db
    .selectFrom('authenticators')
    .selectAll()
    .where('person', '=', person)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
}

/** When the app was put in service, in milliseconds; null: there is none. */
export function authenticatorSince(holder: string, db: Store['read']) {
  return db
    .selectFrom('authenticators')
    .select(eb => eb.fn.min<number | null>('confirmed_at').as('since'))
    .where('person', '=', holder)
    .$asScalar()
}

/** Only the session that began the enrolment sees its secret: another session of this account may be an attacker's. */
function findPending(
  { clock, limits }: Pick<AuthenticatorsDeps, 'clock' | 'limits'>,
  person: PersonId,
  session: string,
  db: Store['read'],
) {
  return db
    .selectFrom('authenticators')
    .selectAll()
    .where('person', '=', person)
    .where('confirmed_at', 'is', null)
    .where('begun_by', '=', session)
    .where('made_at', '>', clock.now() - limits.factorPending)
    .executeTakeFirst()
}

/** True for exactly one caller of each time step, and false for any step before the last accepted one. */
async function claimStep(
  { clock, keys }: Pick<AuthenticatorsDeps, 'clock' | 'keys'>,
  tx: Tx,
  row: Row | undefined,
  code: string,
) {
  if (!row) return false
  const timestamp = clock.now()
  const delta = totpOf(secretOf(keys, row)).validate({ token: code, timestamp, window: drift })
  if (delta === null) return false
  const step = Math.floor(timestamp / 1000 / period) + delta
  const claimed = await tx
    .updateTable('authenticators')
    .set({ last_step: step })
    .where('id', '=', row.id)
    .where('last_step', '<', step)
    .executeTakeFirst()
  return claimed.numUpdatedRows === 1n
}

async function beginEnrolment(deps: AuthenticatorsDeps, tx: Tx, person: PersonId, session: string) {
  const { clock, keys, secrets = newSecret } = deps
  await tx
    .deleteFrom('authenticators')
    .where('person', '=', person)
    .where('confirmed_at', 'is', null)
    .where('begun_by', '=', session)
    .execute()
  const id = newId()
  const sealed = seal(keys.of('seal-authenticator'), sealContextOf(id), secrets().base32)
  const values = {
    id,
    person,
    sealed,
    last_step: 0,
    made_at: clock.now(),
    confirmed_at: null,
    begun_by: session,
  }
  await tx.insertInto('authenticators').values(values).execute()
}

async function offerSecret(
  deps: AuthenticatorsDeps,
  person: PersonId,
  session: string,
  names: { readonly issuer: string; readonly label: string },
) {
  const row = await findPending(deps, person, session, deps.store.read)
  if (!row) return null
  const totp = totpOf(secretOf(deps.keys, row), names)
  return { address: totp.toString(), letters: totp.secret.base32 }
}

async function confirmPending(
  deps: AuthenticatorsDeps,
  tx: Tx,
  person: PersonId,
  session: string,
  code: string,
) {
  const row = await findPending(deps, person, session, tx)
  if (!row || !(await claimStep(deps, tx, row, code))) return null
  const others = await tx
    .deleteFrom('authenticators')
    .where('person', '=', person)
    .where('id', '!=', row.id)
    .returning('confirmed_at')
    .execute()
  await tx
    .updateTable('authenticators')
    .set({ confirmed_at: deps.clock.now() })
    .where('id', '=', row.id)
    .execute()
  return { replaced: others.some(other => other.confirmed_at !== null) }
}

async function isInService(holder: string, db: Store['read']) {
  const row = await db
    .selectFrom('authenticators')
    .select('person')
    .where('person', '=', holder)
    .where('confirmed_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function verifyDigits(
  deps: AuthenticatorsDeps,
  person: PersonId,
  typed: string,
): PendingAnswer<JudgedFactor> {
  const digits = foldDigits(typed) ?? ''
  return {
    judge: async (tx, open) => ({
      verdict:
        open && (await claimStep(deps, tx, await findInService(person, tx), digits)) ? 'right' : 'wrong',
    }),
  }
}

async function sinceWhenInService(person: PersonId, db: Store['read']) {
  const row = await findInService(person, db)
  return row?.confirmed_at ? { since: row.confirmed_at } : null
}

async function removeApps(tx: Tx, person: PersonId, session: string | undefined) {
  const rows = tx.deleteFrom('authenticators').where('person', '=', person)
  const gone = await (session === undefined
    ? rows
    : rows.where(eb => eb.or([eb('confirmed_at', 'is not', null), eb('begun_by', '=', session)]))
  )
    .returning('confirmed_at')
    .execute()
  return gone.some(row => row.confirmed_at !== null)
}

/**
 * Authenticator apps (TOTP, RFC 6238). The shared secret is encrypted and bound to its row, so nobody can compute codes from
 * the database alone. Each time step is accepted once, so a code that somebody else saw cannot be used again (ASVS 6.5.1).
 */
export const createAuthenticators = (deps: AuthenticatorsDeps) => ({
  /**
   * Creates a secret, pending until its first code in this session. An app already in service stays valid until then, and
   * an enrolment begun by another session is kept.
   */
  begin: (tx: Tx, person: PersonId, session: string) => beginEnrolment(deps, tx, person, session),

  /**
   * The pending secret in the forms that an app takes: an otpauth URI for the QR code, base32 letters to type; `null`
   * when none is pending.
   */
  offer: (person: PersonId, session: string, names: { issuer: string; label: string }) =>
    offerSecret(deps, person, session, names),

  /** Puts the pending app in service by its first code, in place of any other; `null` when the code is wrong. */
  confirm: (tx: Tx, person: PersonId, session: string, code: string) =>
    confirmPending(deps, tx, person, session, code),

  recognises: (typed: string) => foldDigits(typed) !== null,

  /** Nothing is looked up before the answer is judged. A code is right once. */
  verify: async (
    { person }: { readonly person: PersonId },
    typed: string,
  ): Promise<Ok<{ answer: PendingAnswer<JudgedFactor> }>> =>
    ok({ answer: verifyDigits(deps, person, typed) }),

  describe: async (person: PersonId, db: Store['read'] = deps.store.read): Promise<readonly InPlace[]> => {
    const app = await sinceWhenInService(person, db)
    return app ? [{ id: '', name: '', since: app.since }] : []
  },

  /** Whether this holder, known or not, has one in service. */
  isInService: (holder: string, db: Store['read'] = deps.store.read) => isInService(holder, db),

  find: (person: PersonId, db: Store['read'] = deps.store.read) => sinceWhenInService(person, db),

  /**
   * Removes the app in service and the enrolment begun by this session, or by any when `session` is absent; true when
   * an app was in service.
   */
  remove: (tx: Tx, person: PersonId, session?: string) => removeApps(tx, person, session),

  clear: (tx: Tx, person: PersonId) => removeApps(tx, person, undefined),
})

export type Authenticators = ReturnType<typeof createAuthenticators>

export const authenticatorRetention: RetentionOf<'authenticators'> = {
  authenticators: withAccount('authenticators', forgetUnconfirmed('authenticators')),
}

export const authenticatorRekeying: Rekeying<'authenticators'> = {
  table: 'authenticators',
  row: 'id',
  rekey: (keys, { id, sealed }) => {
    const context = sealContextOf(id)
    if (isSealedAnew(keys, 'seal-authenticator', context, sealed)) return null
    const secret = unsealUnder(keys, 'seal-authenticator', context, sealed)
    return { sealed: seal(keys.of('seal-authenticator'), context, secret) }
  },
}
