import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import type { AccessMethods } from '../identity/access-methods.ts'
import type { Freezing } from '../identity/freezing.ts'
import type { Identity } from '../identity/identity.ts'
import type { RecoveryCheck } from '../identity/recovery-means.ts'
import type { IdentityServer } from '../identity-server/identity-server.ts'
import type { Limits } from '../limits/limits.ts'
import type { Joker } from '../proofs/joker/joker.ts'
import type { Revocations } from '../services/source/revocations.ts'
import type { Store } from '../store/store.ts'
import { createFirstDays } from './first-day/first-day.ts'
import { createNotMe } from './not-me/not-me.ts'
import { createExternalSignIns } from './sign-in/external/external-sign-ins.ts'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly revocations: Revocations
  readonly identity: Identity
  readonly accessMethods: AccessMethods
  readonly recoveryCheck: RecoveryCheck
  readonly freezing: Freezing
  readonly joker: Pick<Joker, 'setAt'>
  readonly identityServer: IdentityServer | null
}

/** The accounts of the people: what the portal holds of each (`identity/`), and what only the pages of an account use. */
export const createAccounts = (deps: Deps) => {
  const { store, clock, limits, keys, revocations, identity, accessMethods, freezing } = deps
  const { tokens, contacts } = identity
  return {
    ...identity,
    accessMethods,
    recoveryCheck: deps.recoveryCheck,
    freezing,
    notMe: createNotMe({ store, revocations, tokens, freezing }),
    firstDays: createFirstDays({ store, limits, contacts, accessMethods, joker: deps.joker }),
    externalSignIns: createExternalSignIns({ store, clock, limits, keys }),
    identityServer: deps.identityServer,
  }
}
