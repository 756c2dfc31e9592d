import { Secret, TOTP } from 'otpauth'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { type Keys, newId, seal, unseal } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
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
 * An authenticator app (TOTP, RFC 6238). The shared secret lies sealed, bound to its row: the database alone computes
 * no code. Each time step serves once, so a code read over a shoulder is worth nothing a moment later (ASVS 6.5.1).
 */
export const createAuthenticators = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  secrets?: () => Secret
}) => {
  const { store, clock, limits, keys, secrets = newSecret } = deps
  const placeOf = (id: string) => `authenticators.sealed:${id}`
  const opened = ({ id, sealed }: Row) =>
    Secret.fromBase32(unseal(keys.of('seal-authenticator'), placeOf(id), sealed))

  const inService = (person: PersonId, db: Store['read'] = store.read) =>
    db
      .selectFrom('authenticators')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is not', null)
      .executeTakeFirst()

  /** Only for the session that began it: whoever else is signed in to this account would have the same app. */
  const waiting = (person: PersonId, session: string, db: Store['read'] = store.read) =>
    db
      .selectFrom('authenticators')
      .selectAll()
      .where('person', '=', person)
      .where('confirmed_at', 'is', null)
      .where('begun_by', '=', session)
      .where('made_at', '>', clock.now() - limits.factorPending)
      .executeTakeFirst()

  /** True for exactly one caller of each time step, and never for a step before the last that served. */
  const claimStep = async (tx: Tx, row: Row | undefined, code: string) => {
    if (!row) return false
    const timestamp = clock.now()
    const delta = totpOf(opened(row)).validate({ token: code, timestamp, window: drift })
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
     * A new secret, that waits for its first code in this session; an app already in service goes on until then, and what
     * another session has begun is left alone.
     */
    begin: async (tx: Tx, person: PersonId, session: string) => {
      await tx
        .deleteFrom('authenticators')
        .where('person', '=', person)
        .where('confirmed_at', 'is', null)
        .where('begun_by', '=', session)
        .execute()
      const id = newId()
      const sealed = seal(keys.of('seal-authenticator'), placeOf(id), secrets().base32)
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

    /** The secret that waits, as an app reads it: an address for the picture, letters for the keyboard. */
    offer: async (person: PersonId, session: string, names: { issuer: string; label: string }) => {
      const row = await waiting(person, session)
      if (!row) return null
      const totp = totpOf(opened(row), names)
      return { address: totp.toString(), letters: totp.secret.base32 }
    },

    /** The first code of the app that waits: it serves from now on, in the place of any other; `null`: it is not its code. */
    confirm: async (tx: Tx, person: PersonId, session: string, code: string) => {
      const row = await waiting(person, session, tx)
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

    /** Uses the code up: the same code, a second later, is refused. */
    consume: async (tx: Tx, person: PersonId, code: string) =>
      claimStep(tx, await inService(person, tx), code),

    find: async (person: PersonId, db: Store['read'] = store.read) => {
      const row = await inService(person, db)
      return row?.confirmed_at ? { since: row.confirmed_at } : null
    },

    /** The app in service, and what this session has begun; without a session, what any has begun. */
    remove: async (tx: Tx, person: PersonId, session?: string) => {
      const mine = tx.deleteFrom('authenticators').where('person', '=', person)
      const gone = await (session === undefined
        ? mine
        : mine.where(eb => eb.or([eb('confirmed_at', 'is not', null), eb('begun_by', '=', session)]))
      )
        .returning('confirmed_at')
        .execute()
      return gone.some(row => row.confirmed_at !== null)
    },
  }
}

export type Authenticators = ReturnType<typeof createAuthenticators>
