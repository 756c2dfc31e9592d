import { type Clock, seconds } from '../../clock.ts'
import { backOff } from '../../jobs/back-off.ts'
import { createDeliverer, type DeliverDeps, type DeliveryOutcome } from './deliver.ts'
import type { Deliveries } from './deliveries.ts'
import type { ServiceTarget } from './targets.ts'

/** Concurrent deliveries to one service, in each process. */
const concurrency = 8
const maxPerRound = 200
const patience = { first: seconds(1), longest: seconds(60) }

/** Runs `work` for each item, at most `limit` at once. The first error is thrown after all items are done. */
async function mapWithLimit<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>) {
  const queue = [...items]
  const errors: unknown[] = []
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift())
      await work(item).catch(error => errors.push(error))
  }
  await Promise.all(Array.from({ length: Math.min(limit, queue.length) }, worker))
  if (errors.length > 0) throw errors[0]
}

/** Consecutive failures of one service, and until when it is left alone. */
type Pause = { failures: number; until: number }

function recordOutcome(clock: Clock, pause: Pause, outcome: DeliveryOutcome) {
  if (outcome === 'later') return
  pause.failures = outcome === 'unavailable' ? pause.failures + 1 : 0
  pause.until = outcome === 'unavailable' ? clock.now() + backOff(patience, pause.failures - 1) : 0
}

type Round = {
  readonly clock: Clock
  readonly deliveries: Deliveries
  readonly service: string
  readonly deliver: (id: string) => Promise<DeliveryOutcome>
  readonly pause: Pause
}

async function runRound({ clock, deliveries, service, deliver, pause }: Round) {
  if (clock.now() < pause.until) return 0
  const ids = await deliveries.due(service, pause.failures > 0 ? 1 : maxPerRound)
  let finishedCount = 0
  await mapWithLimit(ids, concurrency, async id => {
    if (clock.now() < pause.until) return
    const outcome = await deliver(id)
    recordOutcome(clock, pause, outcome)
    if (outcome === 'finished') finishedCount += 1
  })
  if (finishedCount > 0 && deliveries.hasFollowers(service)) deliveries.notifyWorker()
  return finishedCount
}

/**
 * Delivers to one service in rounds. A service that does not answer is left alone for a growing delay, then tried with one
 * delivery at a time until it answers, so that thirty thousand waiting deliveries cost no more than one. Each service has its
 * own rounds, so that a service that hangs delays no other.
 */
export const createServiceRounds = (deps: DeliverDeps, target: ServiceTarget) => {
  const { clock, deliveries } = deps
  const deliver = createDeliverer(deps, target)
  const round: Round = { clock, deliveries, service: target.id, deliver, pause: { failures: 0, until: 0 } }
  return {
    service: target.id,
    /** Runs one round; returns the number of deliveries that it finished. */
    run: () => runRound(round),
  }
}
