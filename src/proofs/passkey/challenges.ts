import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac, type Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { Store } from '../../store/store.ts'

/** What is asked of a passkey: to be made, or to prove. An answer to one is no answer to the other. */
export type Purpose = 'enrol' | 'prove'

/**
 * The random bytes that a passkey must sign, kept here and used once: an answer overheard, or asked for elsewhere,
 * opens nothing. `holder` is the session, journey or browser that may answer. The store holds what a challenge is derived
 * from: who reads it, or writes it, does not know what will be signed.
 */
export const createPasskeyChallenges = (deps: { store: Store; clock: Clock; limits: Limits; keys: Keys }) => {
  const { store, clock, limits, keys } = deps
  const derived = (holder: string, row: { purpose: string; challenge: string } | undefined) =>
    row ? hmac(keys.of('passkey-challenge'), holder, row.purpose, row.challenge) : null

  return {
    /** A new challenge, in the place of the holder's former one. */
    begin: async (holder: string, purpose: Purpose) => {
      const values = {
        purpose,
        challenge: randomBytes(32).toString('base64url'),
        expires_at: clock.now() + limits.passkeyChallenge,
      }
      await store.transaction(tx =>
        tx
          .insertInto('passkey_challenges')
          .values({ holder, ...values })
          .onConflict(conflict => conflict.column('holder').doUpdateSet(values))
          .execute(),
      )
    },

    find: async (holder: string, purpose: Purpose) => {
      const row = await store.read
        .selectFrom('passkey_challenges')
        .select(['purpose', 'challenge'])
        .where('holder', '=', holder)
        .where('purpose', '=', purpose)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      return derived(holder, row)
    },

    /** Exactly one answer is judged against it. */
    consume: async (holder: string, purpose: Purpose) => {
      const row = await store.transaction(tx =>
        tx
          .deleteFrom('passkey_challenges')
          .where('holder', '=', holder)
          .where('purpose', '=', purpose)
          .where('expires_at', '>', clock.now())
          .returning(['purpose', 'challenge'])
          .executeTakeFirst(),
      )
      return derived(holder, row)
    },
  }
}
