import { randomInt, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { PersonId } from '../../directory/directory.ts'
import { hmac, type Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store, Tx } from '../../store/store.ts'
import { unified } from '../../texts/unified.ts'
import type { RateLimit, RateLimiter } from '../../web/rate-limiter.ts'
import { createActivityReader, reopened } from './activity.ts'

/**
 * The code that opens an account for the first time: sixteen characters that nobody mistakes for another (no 0 O, no
 * 1 I L, no U), 78 bits, kept as a keyed digest. One a person; making a new one makes the old one worthless.
 */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 16

const draw = () => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** `ABCD-EFGH-JKMN-PQRS`, as it is printed. */
const grouped = (code: string) => code.replace(/.{4}(?=.)/g, '$&-')

/** Case, spaces and hyphens do not count. */
const foldActivationCode = (typed: string) =>
  unified(typed)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '')

const same = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

export const createActivationCodes = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  rateLimiter: RateLimiter
  /** What was proved by the code before opens nothing any more. */
  revoke: (tx: Tx, person: PersonId) => Promise<unknown>
}) => {
  const { store, clock, limits, keys, rateLimiter } = deps
  const rateLimit: RateLimit = { name: 'activation-code', window: limits.activationWindow }
  const digestOf = (holder: string, code: string) =>
    hmac(keys.of('activation-pepper'), holder, foldActivationCode(code))

  const keyOf = (subject: string, network: string) => hmac(keys.of('subject'), 'activation', subject, network)

  /** `until`: where none is left, no code is looked at before. */
  const leftOf = async (subject: string, network: string, db: Store['read'] = store.read) => {
    const key = keyOf(subject, network)
    return {
      left: Math.max(0, limits.activationTries - (await rateLimiter.count(rateLimit, key, db))),
      until: await rateLimiter.opensAt(rateLimit, key, limits.activationTries, db),
    }
  }

  return {
    /**
     * A fresh code, to be shown once; or, for the people of a demonstration, a code that is known. The one before is
     * worthless from now on, in a journey that it opened too.
     */
    make: async (tx: Tx, person: PersonId, life: number, code = grouped(draw())) => {
      await deps.revoke(tx, person)
      const now = clock.now()
      const row = {
        digest: digestOf(person, code),
        pepper: keys.id,
        made_at: now,
        expires_at: now + life,
        used_at: null,
      }
      await tx
        .insertInto('activation_codes')
        .values({ person, ...row })
        .onConflict(conflict => conflict.column('person').doUpdateSet(row))
        .execute()
      return code
    },

    /** One look-up and one digest, whoever is asked; `null` when this is not their code, or no longer. */
    compare: async (asked: { subject: string; person: PersonId | null }, typed: string) => {
      const holder = asked.person ?? asked.subject
      const row = await store.read
        .selectFrom('activation_codes')
        .selectAll()
        .where('person', '=', holder)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      const right = same(digestOf(holder, typed), row?.digest ?? '-'.repeat(43))
      if (!right || !row || asked.person === null) return null
      return row.used_at === null ? ('live' as const) : ('used' as const)
    },

    /**
     * Counts a wrong code, and tells how many are left. They are counted by subject and network: 78 bits are not
     * guessed, so nothing is gained by shutting out the owner together with the stranger.
     */
    spend: async (tx: Tx, subject: string, network: string) => {
      const before = await leftOf(subject, network, tx)
      // What is not looked at is not counted: the time that was told stays true for whoever goes on.
      if (before.left === 0) return before
      await rateLimiter.hit(tx, rateLimit, keyOf(subject, network))
      return leftOf(subject, network, tx)
    },

    left: leftOf,

    /** The account is active from now on, for this reason, and its code opens nothing any more. */
    close: async (tx: Tx, person: PersonId, because: 'activation' | 'session' | 'joker') => {
      const at = clock.now()
      await tx
        .updateTable('activation_codes')
        .set({ used_at: at })
        .where('person', '=', person)
        .where('used_at', 'is', null)
        .execute()
      await tx
        .insertInto('activations')
        .values({ person, at, because })
        .onConflict(conflict =>
          conflict.column('person').doUpdateSet({ at, because }).where('activations.because', '=', reopened),
        )
        .execute()
    },

    /** A fresh code may activate the account again: its owner has nothing left to come back by, and the desk knows them. */
    reopen: async (tx: Tx, person: PersonId) => {
      const row = { at: clock.now(), because: reopened }
      // A code made before is perhaps the one that somebody else holds: the desk makes another.
      await tx
        .updateTable('activation_codes')
        .set({ used_at: row.at })
        .where('person', '=', person)
        .where('used_at', 'is', null)
        .execute()
      await tx
        .insertInto('activations')
        .values({ person, ...row })
        .onConflict(conflict => conflict.column('person').doUpdateSet(row))
        .execute()
    },

    /** The desk took its joker away and nothing was chosen since. */
    isReopened: async (person: PersonId) => {
      const row = await store.read
        .selectFrom('activations')
        .select('because')
        .where('person', '=', person)
        .executeTakeFirst()
      return row?.because === reopened
    },

    /** Is there anything left to activate, and can whoever has nothing left recover alone? (`active.ts`) */
    activity: createActivityReader(deps),
  }
}

export type ActivationCodes = ReturnType<typeof createActivationCodes>
