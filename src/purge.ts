import type { Application } from './application.ts'
import { cutRollingChains } from './audit/cut.ts'
import { forgetByAge } from './retention.ts'

/** Forgets what its age allows no longer: the retention that the privacy page tells is applied, not only written. */
export const purge = async (
  application: Pick<
    Application,
    'store' | 'clock' | 'limits' | 'keys' | 'attempts' | 'deliveries' | 'epochs'
  >,
) => {
  const { store, clock, limits, attempts, deliveries, epochs } = application
  await store.transaction(tx => forgetByAge(tx, clock.now(), limits))
  const inUse = await Promise.all([attempts.epochsInUse(), deliveries.epochsInUse()])
  await epochs.destroyUnused(new Set(inUse.flatMap(epochsOf => [...epochsOf])))
  await cutRollingChains(application)
  return 0
}
