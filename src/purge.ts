import type { House } from './house.ts'
import { forgetByAge } from './retention.ts'

/** Forgets what its age allows no longer: the retention that the privacy page tells is applied, not only written. */
export const purge = async (
  house: Pick<House, 'store' | 'clock' | 'limits' | 'attempts' | 'deliveries' | 'epochs'>,
) => {
  const { store, clock, limits, attempts, deliveries, epochs } = house
  await store.transaction(tx => forgetByAge(tx, clock.now(), limits))
  const inUse = await Promise.all([attempts.epochsInUse(), deliveries.epochsInUse()])
  await epochs.destroyUnused(new Set(inUse.flatMap(epochsOf => [...epochsOf])))
  return 0
}
