import type { Limits } from '../../limits/limits.ts'
import type { Notices } from '../../notify/notify.ts'
import { createReceipts } from '../receipt/receipt.ts'
import { createDeliveries } from './deliveries.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { createExpiry } from './expiry.ts'

/** The way of a password to the services: the queue, the receipts that show it, and what expires. */
export const createDeliveryGroup = (deps: DeliveryDeps & { limits: Limits; notices: Notices }) => {
  const { store, clock, limits, targets } = deps
  const queue = createDeliveries(deps)
  return {
    targets,
    queue,
    receipts: createReceipts({ store, clock, limits, deliveries: queue }),
    expiry: createExpiry(deps),
  }
}
