import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Hashing } from '../hashing/hashing.ts'
import type { Limits } from '../limits/limits.ts'
import type { RateLimiter } from '../limits/rate-limiter.ts'
import type { Notify } from '../notify/notify-group.ts'
import type { Store } from '../store/store.ts'
import { type ActivationCodesDeps, createActivationCodes } from './activation-code/activation-code.ts'
import { createAuthenticators } from './authenticator/authenticator.ts'
import { createCodes } from './code/code.ts'
import { createMessageBudget } from './code/messages.ts'
import { createJoker } from './joker/joker.ts'
import { createPasskeys } from './passkey/passkey.ts'
import type { RelyingParty } from './passkey/relying-party.ts'
import { createRecoveryCodes } from './recovery-code/recovery-code.ts'
import { createSecondFactor } from './second-factor/second-factor.ts'

export type ProofsDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly hashing: Hashing
  readonly audit: Audit
  readonly rateLimiter: RateLimiter
  readonly notify: Notify
  /** What other modules keep that makes an account active (`activation-code/activity.ts`). */
  readonly has: Pick<ActivationCodesDeps['has'], 'password' | 'contact'>
  readonly revokeProofs: ActivationCodesDeps['revoke']
  readonly relyingParty: RelyingParty
  /** Text messages: `configured` is false without a gateway; a day begins at midnight in `timeZone`. */
  readonly messages: {
    readonly configured: boolean
    readonly countries: readonly string[]
    readonly timeZone: string
  }
}

/** How people prove who they are, for journeys, sign-in and the account. */
export const createProofs = (deps: ProofsDeps) => {
  const { store, clock, limits, keys, hashing, audit, rateLimiter, notify } = deps
  const base = { store, clock, limits }
  const messages = createMessageBudget({ ...base, rateLimiter, notices: notify.notices, ...deps.messages })
  const recoveryCodes = createRecoveryCodes({ ...base, keys, hashing })
  const authenticators = createAuthenticators({ ...base, keys })
  const passkeys = createPasskeys({ ...base, keys, relyingParty: deps.relyingParty })
  const joker = createJoker({ ...base, keys, hashing, rateLimiter })
  return {
    joker,
    messages,
    codes: createCodes({ ...base, keys, rateLimiter, mails: notify.mails, messages }),
    activationCodes: createActivationCodes({
      ...base,
      keys,
      rateLimiter,
      revoke: deps.revokeProofs,
      has: {
        ...deps.has,
        joker: joker.exists,
        passkey: passkeys.isInService,
        authenticator: authenticators.isInService,
        recoverySheet: recoveryCodes.isInService,
      },
    }),
    recoveryCodes,
    authenticators,
    passkeys,
    secondFactor: createSecondFactor({
      ...base,
      keys,
      audit,
      notices: notify.notices,
      rateLimiter,
      recoveryCodes,
      authenticators,
      passkeys,
    }),
  }
}
