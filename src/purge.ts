import { cutRollingChains } from './audit/cut.ts'
import type { Clock } from './clock.ts'
import type { Keys } from './crypto/keys.ts'
import type { RotatingKeys } from './crypto/rotating-keys.ts'
import type { HostKeys } from './host-keys/host-keys.ts'
import type { Limits } from './limits/limits.ts'
import { trimHistory } from './password/history.ts'
import type { PasswordRules } from './password/password.ts'
import { mostKept } from './password/settings.ts'
import { forgetByAge } from './retention.ts'
import type { Deliveries } from './services/deliveries/deliveries.ts'
import type { Attempts } from './services/source/attempts.ts'
import type { Store } from './store/store.ts'

/** Deletes what exceeds its retention period: applies the periods that the privacy page states. */
export const purge = async (deps: {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rotatingKeys: RotatingKeys
  readonly hostKeys: Pick<HostKeys, 'destroyUnused'>
  readonly attempts: Pick<Attempts, 'keysInUse'>
  readonly deliveries: Pick<Deliveries, 'keysInUse'>
  readonly historyKept: PasswordRules['historyKept']
  /** Told how many hashes of old passwords were erased because fewer are kept now. */
  readonly reportErased: (hashes: number) => void
}) => {
  const { store, clock, limits, attempts, deliveries, rotatingKeys, hostKeys } = deps
  if (deps.historyKept < mostKept) {
    const erased = await trimHistory(store, deps.historyKept)
    if (erased > 0) deps.reportErased(erased)
  }
  await forgetByAge(store, clock.now(), limits)
  const used = await Promise.all([attempts.keysInUse(), deliveries.keysInUse()])
  const inUse = new Set(used.flatMap(names => [...names]))
  await rotatingKeys.destroyUnused(inUse)
  await hostKeys.destroyUnused(inUse)
  await cutRollingChains(deps)
  return 0
}
