import { backOff } from '../../back-off.ts'
import { seconds } from '../../clock.ts'
import { createDeliverer, type DeliverDeps, type DeliveryOutcome } from './deliver.ts'
import type { ServiceTarget } from './targets.ts'

/** Deliveries of one service that are under way at once, in each process. */
const width = 8
const largestRound = 200
const patience = { first: seconds(1), longest: seconds(60) }

/** Works off a list, so many at once. A fault of one is thrown when the others are done. */
const mapWithLimit = async <T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>) => {
  const left = [...items]
  const faults: unknown[] = []
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift())
      await work(item).catch(fault => faults.push(fault))
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, worker))
  if (faults.length > 0) throw faults[0]
}

/**
 * One service's rounds. A service that is away rests, and is tried with one delivery at a time until it answers: thirty
 * thousand that wait cost no more than one. Each service has rounds of its own, so that one that hangs holds up no other.
 */
export const createServiceRounds = (deps: DeliverDeps, target: ServiceTarget) => {
  const { clock, deliveries } = deps
  const deliver = createDeliverer(deps, target)
  let failures = 0
  let restUntil = 0

  const note = (delivered: DeliveryOutcome) => {
    if (delivered === 'later') return
    failures = delivered === 'away' ? failures + 1 : 0
    restUntil = delivered === 'away' ? clock.now() + backOff(patience, failures - 1) : 0
  }

  return {
    service: target.id,
    /** One round; how many deliveries it carried somewhere. */
    run: async () => {
      if (clock.now() < restUntil) return 0
      const ids = await deliveries.due(target.id, failures > 0 ? 1 : largestRound)
      let settledCount = 0
      await mapWithLimit(ids, width, async id => {
        if (clock.now() < restUntil) return
        const delivered = await deliver(id)
        note(delivered)
        if (delivered === 'settled') settledCount += 1
      })
      if (settledCount > 0 && deliveries.hasFollowers(target.id)) deliveries.notifyWorker()
      return settledCount
    },
  }
}
