import { cutRollingChains } from './audit/cut.ts'
import type { House } from './house.ts'
import { forgetByAge } from './retention.ts'

/** Forgets what its age allows no longer: the retention that the privacy page tells is applied, not only written. */
export const purge = async (
  house: Pick<House, 'store' | 'clock' | 'limits' | 'keys' | 'attempts' | 'deliveries' | 'epochs'>,
) => {
  const { store, clock, limits, attempts, deliveries, epochs } = house
  await store.transaction(tx => forgetByAge(tx, clock.now(), limits))
  const inUse = await Promise.all([attempts.epochsInUse(), deliveries.epochsInUse()])
  await epochs.destroyUnused(new Set(inUse.flatMap(epochsOf => [...epochsOf])))
  await cutRollingChains(house)
  return 0
}
