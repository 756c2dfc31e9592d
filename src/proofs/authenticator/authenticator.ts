import { Secret, TOTP } from 'otpauth'
import type { Clock } from '../../clock.ts'
import { newId, seal, unseal } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import { forgetUnconfirmed, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { unified } from '../../texts/unified.ts'

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

/**
 * Authenticator apps (TOTP, RFC 6238). The shared secret is encrypted and bound to its row, so nobody can compute codes from
 * the database alone. Each time step is accepted once, so a code that somebody else saw cannot be used again (ASVS 6.5.1).
 */
export const createAuthenticators = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  secrets?: () => Secret
}) => {
  const { store, clock, limits, keys, secrets = newSecret } = deps
  const sealContextOf = (id: string) => `authenticators.sealed:${id}`
  const secretOf = ({ id, sealed }: Row) =>
    Secret.fromBase32(unseal(keys.of('seal-authenticator'), sealContextOf(id), sealed))

  const inService = (person: PersonId, db: Store['read'] = store.read) =>
    db
      .selectFrom('authenticators')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is not', null)
      .executeTakeFirst()

  /** Only the session that began the enrolment sees its secret: another session of this account may be an attacker's. */
  const pending = (person: PersonId, session: string, db: Store['read'] = store.read) =>
    db
      .selectFrom('authenticators')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is', null)
      .where('begun_by', '=', session)
      .where('made_at', '>', clock.now() - limits.factorPending)
      .executeTakeFirst()

  /** True for exactly one caller of each time step, and false for any step before the last accepted one. */
  const claimStep = async (tx: Tx, row: Row | undefined, code: string) => {
    if (!row) return false
    const timestamp = clock.now()
    const delta = totpOf(secretOf(row)).validate({ token: code, timestamp, window: drift })
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

  return {
    /**
     * Creates a secret, pending until its first code in this session. An app already in service stays valid until then, and
     * an enrolment begun by another session is kept.
     */
    begin: async (tx: Tx, person: PersonId, session: string) => {
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
    },

    /**
     * The pending secret in the forms that an app takes: an otpauth URI for the QR code, base32 letters to type; `null`
     * when none is pending.
     */
    offer: async (person: PersonId, session: string, names: { issuer: string; label: string }) => {
      const row = await pending(person, session)
      if (!row) return null
      const totp = totpOf(secretOf(row), names)
      return { address: totp.toString(), letters: totp.secret.base32 }
    },

    /** Puts the pending app in service by its first code, in place of any other; `null` when the code is wrong. */
    confirm: async (tx: Tx, person: PersonId, session: string, code: string) => {
      const row = await pending(person, session, tx)
      if (!row || !(await claimStep(tx, row, code))) return null
      const others = await tx
        .deleteFrom('authenticators')
        .where('person', '=', person)
        .where('id', '!=', row.id)
        .returning('confirmed_at')
        .execute()
      await tx
        .updateTable('authenticators')
        .set({ confirmed_at: clock.now() })
        .where('id', '=', row.id)
        .execute()
      return { replaced: others.some(other => other.confirmed_at !== null) }
    },

    /** True when the code is right and was not used before. */
    consume: async (tx: Tx, person: PersonId, code: string) =>
      claimStep(tx, await inService(person, tx), code),

    /** Whether this holder, known or not, has one in service. */
    isInService: async (holder: string, db: Store['read'] = store.read) =>
      (await db
        .selectFrom('authenticators')
        .select('person')
        .where('person', '=', holder)
        .where('confirmed_at', 'is not', null)
        .limit(1)
        .executeTakeFirst()) !== undefined,

    find: async (person: PersonId, db: Store['read'] = store.read) => {
      const row = await inService(person, db)
      return row?.confirmed_at ? { since: row.confirmed_at } : null
    },

    /**
     * Removes the app in service and the enrolment begun by this session, or by any when `session` is absent; true when
     * an app was in service.
     */
    remove: async (tx: Tx, person: PersonId, session?: string) => {
      const rows = tx.deleteFrom('authenticators').where('person', '=', person)
      const gone = await (session === undefined
        ? rows
        : rows.where(eb => eb.or([eb('confirmed_at', 'is not', null), eb('begun_by', '=', session)]))
      )
        .returning('confirmed_at')
        .execute()
      return gone.some(row => row.confirmed_at !== null)
    },
  }
}

export type Authenticators = ReturnType<typeof createAuthenticators>

export const authenticatorRetention: RetentionOf<'authenticators'> = {
  authenticators: withAccount('authenticators', forgetUnconfirmed('authenticators')),
}
