import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Limits } from '../../limits/limits.ts'
import { forgetExpired, type RetentionOf } from '../../retention-rule.ts'
import type { Store } from '../../store/store.ts'

/**
 * Purpose of a challenge: to create a passkey, or to authenticate with one. A response to one is not accepted for the
 * other.
 */
export type Purpose = 'enrol' | 'prove'

type ChallengesDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
}

/** The stored seed begins with the id of its root key, and a dot. */
function derived(keys: Keys, holder: string, row: { purpose: string; challenge: string } | undefined) {
  const [id = '', seed] = row?.challenge.split('.') ?? []
  // A seed from before root keys were named.
  const key = seed === undefined ? keys.of('passkey-challenge') : keys.by(id, 'passkey-challenge')
  return row && key ? hmac(key, holder, row.purpose, row.challenge) : null
}

async function beginChallenge(
  { store, clock, limits, keys }: ChallengesDeps,
  holder: string,
  purpose: Purpose,
) {
  const values = {
    purpose,
    challenge: `${keys.id}.${randomBytes(32).toString('base64url')}`,
    expires_at: clock.now() + limits.passkeyChallenge,
  }
  await store.transaction(tx =>
    tx
      .insertInto('passkey_challenges')
      .values({ holder, ...values })
      .onConflict(conflict => conflict.column('holder').doUpdateSet(values))
      .execute(),
  )
}

async function findChallenge({ store, clock, keys }: ChallengesDeps, holder: string, purpose: Purpose) {
  const row = await store.read
    .selectFrom('passkey_challenges')
    .select(['purpose', 'challenge'])
    .where('holder', '=', holder)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  return derived(keys, holder, row)
}

async function consumeChallenge({ store, clock, keys }: ChallengesDeps, holder: string, purpose: Purpose) {
  const row = await store.transaction(tx =>
    tx
      .deleteFrom('passkey_challenges')
      .where('holder', '=', holder)
      .where('purpose', '=', purpose)
      .where('expires_at', '>', clock.now())
      .returning(['purpose', 'challenge'])
      .executeTakeFirst(),
  )
  return derived(keys, holder, row)
}

/**
 * The challenges that a passkey must sign, each used once, so that an intercepted response, or one to the challenge of another
 * site, is not accepted. `holder` is the session, journey or browser that may respond. The store keeps only a seed from which
 * the challenge is derived by a key: reading or writing the store does not give the bytes to sign.
 */
export const createPasskeyChallenges = (deps: ChallengesDeps) => ({
  /** Creates a challenge, in place of the holder's former one. */
  begin: (holder: string, purpose: Purpose) => beginChallenge(deps, holder, purpose),
  find: (holder: string, purpose: Purpose) => findChallenge(deps, holder, purpose),
  /** Takes the challenge: exactly one response is verified against it. */
  consume: (holder: string, purpose: Purpose) => consumeChallenge(deps, holder, purpose),
})

export type PasskeyChallenges = ReturnType<typeof createPasskeyChallenges>

export const challengeRetention: RetentionOf<'passkey_challenges'> = {
  passkey_challenges: forgetExpired('passkey_challenges'),
}
