import { randomInt } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac, isSameSecret } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import { forgetExpired, type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { unified } from '../../texts/unified.ts'
import { createActivityReader, type InService, reopened } from './activity.ts'

/**
 * The activation code of an account: sixteen characters without those that are easily confused (no 0 O, no 1 I L, no U),
 * 78 bits, stored as a keyed digest. A person has at most one; a new one voids the former.
 */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 16

const draw = () => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** `ABCD-EFGH-JKMN-PQRS`, as it is printed. */
const grouped = (code: string) => code.replace(/.{4}(?=.)/g, '$&-')

/** Case, spaces and hyphens do not count. */
export const foldActivationCode = (typed: string) =>
  unified(typed)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '')

export type ActivationCodesDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly has: InService
  /** Revokes what was proved by the former code. */
  readonly revoke: (tx: Tx, person: PersonId) => Promise<unknown>
}

export const createActivationCodes = (deps: ActivationCodesDeps) => {
  const { store, clock, limits, keys, rateLimiter } = deps
  const findActivation = (holder: string, db: Store['read'] = store.read) =>
    db.selectFrom('activations').select(['because', 'at']).where('person', '=', holder).executeTakeFirst()

  const rateLimit: RateLimit = { name: 'activation-code', window: limits.activationWindow }
  const digestOf = (holder: string, code: string) =>
    hmac(keys.of('activation-pepper'), holder, foldActivationCode(code))

  const keyOf = (subject: string, network: string) => hmac(keys.of('subject'), 'activation', subject, network)

  /** `until`: when no try is left, the time before which no code is checked. */
  const leftOf = async (subject: string, network: string, db: Store['read'] = store.read) => {
    const key = keyOf(subject, network)
    return {
      left: Math.max(0, limits.activationTries - (await rateLimiter.count(rateLimit, key, db))),
      until: await rateLimiter.opensAt(rateLimit, key, limits.activationTries, db),
    }
  }

  return {
    /**
     * Creates a code, to be shown once; or stores the given one, for the people of a demonstration. The former code is void
     * from now on, and so is a journey that it opened.
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

    /** One look-up and one digest for every subject; `null` when the code is wrong or has expired. */
    compare: async (asked: { subject: string; person: PersonId | null }, typed: string) => {
      const holder = asked.person ?? asked.subject
      const row = await store.read
        .selectFrom('activation_codes')
        .selectAll()
        .where('person', '=', holder)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      const right = isSameSecret(digestOf(holder, typed), row?.digest ?? '-'.repeat(43))
      if (!right || !row || asked.person === null) return null
      return row.used_at === null ? ('live' as const) : ('used' as const)
    },

    /**
     * Counts a wrong code and returns the tries left. They are counted by subject and network: 78 bits cannot be guessed, so
     * locking out the owner together with an attacker on another network would gain nothing.
     */
    spend: async (tx: Tx, subject: string, network: string) => {
      const before = await leftOf(subject, network, tx)
      // A code that is not checked is not counted, so the announced time stays right when somebody continues to try.
      if (before.left === 0) return before
      await rateLimiter.hit(tx, rateLimit, keyOf(subject, network))
      return leftOf(subject, network, tx)
    },

    left: leftOf,

    /** Marks the account as active, for this reason, and its code as used. */
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

    /**
     * Lets a new code activate the account again: its owner has lost every means of recovery, and the helpdesk has
     * identified them.
     */
    reopen: async (tx: Tx, person: PersonId) => {
      const row = { at: clock.now(), because: reopened }
      // An earlier code may be in somebody else's hands, so it is voided and the helpdesk issues another.
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

    /** Whether the helpdesk reopened the account's activation and it was not activated since. */
    isReopened: async (person: PersonId) => (await findActivation(person))?.because === reopened,

    /** Why the account is active, and whether its owner can recover it without the helpdesk (`activity.ts`). */
    activity: createActivityReader({ clock, limits, has: deps.has, findActivation }),
  }
}

export type ActivationCodes = ReturnType<typeof createActivationCodes>

export const activationRetention: RetentionOf<'activation_codes' | 'activations'> = {
  activation_codes: forgetExpired('activation_codes'),
  activations: withAccount,
}
