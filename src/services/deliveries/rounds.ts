import { seconds } from '../../clock.ts'
import { backOff } from '../../jobs/back-off.ts'
import { createDeliverer, type DeliverDeps, type DeliveryOutcome } from './deliver.ts'
import type { ServiceTarget } from './targets.ts'

/** Concurrent deliveries to one service, in each process. */
const concurrency = 8
const maxPerRound = 200
const patience = { first: seconds(1), longest: seconds(60) }

/** Runs `work` for each item, at most `limit` at once. The first error is thrown after all items are done. */
const mapWithLimit = async <T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>) => {
  const queue = [...items]
  const errors: unknown[] = []
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift())
      await work(item).catch(error => errors.push(error))
  }
  await Promise.all(Array.from({ length: Math.min(limit, queue.length) }, worker))
  if (errors.length > 0) throw errors[0]
}

/**
 * Delivers to one service in rounds. A service that does not answer is left alone for a growing delay, then tried with one
 * delivery at a time until it answers, so that thirty thousand waiting deliveries cost no more than one. Each service has its
 * own rounds, so that a service that hangs delays no other.
 */
export const createServiceRounds = (deps: DeliverDeps, target: ServiceTarget) => {
  const { clock, deliveries } = deps
  const deliver = createDeliverer(deps, target)
  let failures = 0
  let pausedUntil = 0

  const recordOutcome = (outcome: DeliveryOutcome) => {
    if (outcome === 'later') return
    failures = outcome === 'unavailable' ? failures + 1 : 0
    pausedUntil = outcome === 'unavailable' ? clock.now() + backOff(patience, failures - 1) : 0
  }

  return {
    service: target.id,
    /** Runs one round; returns the number of deliveries that it finished. */
    run: async () => {
      if (clock.now() < pausedUntil) return 0
      const ids = await deliveries.due(target.id, failures > 0 ? 1 : maxPerRound)
      let finishedCount = 0
      await mapWithLimit(ids, concurrency, async id => {
        if (clock.now() < pausedUntil) return
        const outcome = await deliver(id)
        recordOutcome(outcome)
        if (outcome === 'finished') finishedCount += 1
      })
      if (finishedCount > 0 && deliveries.hasFollowers(target.id)) deliveries.notifyWorker()
      return finishedCount
    },
  }
}
