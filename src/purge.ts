import type { Application } from './application.ts'
import { cutRollingChains } from './audit/cut.ts'
import { forgetByAge } from './retention.ts'

/** Deletes what exceeds its retention period: applies the periods that the privacy page states. */
export const purge = async (
  application: Pick<
    Application,
    'store' | 'clock' | 'limits' | 'keys' | 'attempts' | 'deliveries' | 'rotatingKeys'
  >,
) => {
  const { store, clock, limits, attempts, deliveries, rotatingKeys } = application
  await store.transaction(tx => forgetByAge(tx, clock.now(), limits))
  const inUse = await Promise.all([attempts.keysInUse(), deliveries.keysInUse()])
  await rotatingKeys.destroyUnused(new Set(inUse.flatMap(days => [...days])))
  await cutRollingChains(application)
  return 0
}
