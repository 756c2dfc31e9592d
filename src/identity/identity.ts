import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import type { RateLimiter } from '../limits/rate-limiter.ts'
import type { Notify } from '../notify/notify-group.ts'
import type { Store, Tx } from '../store/store.ts'
import { createContacts } from './contacts.ts'
import { createFreezes } from './freezes.ts'
import { createKnownBrowsers } from './known-browsers.ts'
import { createNotMeTokens } from './not-me-tokens.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import type { SignInMethod } from './session.ts'
import { createSessions } from './sessions.ts'

export type IdentityDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly rateLimiter: RateLimiter
  readonly notify: Pick<Notify, 'mails'>
  readonly openedBy: readonly SignInMethod[]
  /** A session proves that the account is active: ends open activations and voids activation codes of the person. */
  readonly endActivation: (tx: Tx, person: PersonId) => Promise<unknown>
}

/** What the portal holds of a person for the journeys, the account and the helpdesk alike. */
export const createIdentity = (deps: IdentityDeps) => {
  const { store, clock, limits, keys, audit, rateLimiter, notify } = deps
  const base = { store, clock, limits }
  return {
    sessions: createSessions({ ...base, audit, openedBy: deps.openedBy, endActivation: deps.endActivation }),
    pendingSignIns: createPendingSignIns(base),
    contacts: createContacts({ ...base, keys, mails: notify.mails, rateLimiter }),
    freezes: createFreezes(store, clock),
    knownBrowsers: createKnownBrowsers(base),
    tokens: createNotMeTokens(base),
  }
}

export type Identity = ReturnType<typeof createIdentity>
