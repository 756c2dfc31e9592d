import { timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { ok, type Result, refused } from '../result.ts'
import { crewOf, type Job } from './crew.ts'
import { fairQueue } from './fair-queue.ts'

/** Argon2id, m=47104 KiB, t=1, p=1 (ASVS 5.0 11.4.2): about 20 ms and 46 MB for each, hence the queue. */
export type HashOrder = {
  readonly password: string
  /** base64url, 8 bytes or more. */
  readonly salt: string
  readonly pepper: Buffer
  /** Turns are taken by network, and one journey waits for one hash at a time. */
  readonly network: string
  readonly journey: string
}

export type Hashing = {
  /** base64url of 32 bytes; `hashing-busy` when the queue has no room for this network or journey. */
  hash(order: HashOrder): Promise<Result<{ hash: string }, 'hashing-busy'>>
  load(): { readonly waiting: number; readonly working: number }
  close(): Promise<void>
}

/** In constant time: how far a guess agrees with a stored hash must not show. */
export const sameHash = (a: string, b: string) => {
  const [one, two] = [Buffer.from(a), Buffer.from(b)]
  return one.length === two.length && timingSafeEqual(one, two)
}

type Waiting = Job & { readonly refuse: () => void }

/** `workers`: as many as cores. `queue`: two hundred wait two seconds on two cores, after which people go away. */
export const openHashing = (options: { workers?: number; queue?: number } = {}): Hashing => {
  const queue = fairQueue<Waiting>(options.queue ?? 200)
  const crew = crewOf(options.workers ?? availableParallelism(), queue.take)
  let closed = false

  const enqueue = ({ password, salt, pepper, network, journey }: HashOrder) =>
    new Promise<Result<{ hash: string }, 'hashing-busy'>>((resolve, reject) => {
      const job: Waiting = {
        order: { password, salt, pepper },
        done: hash => resolve(ok({ hash })),
        failed: reject,
        refuse: () => resolve(refused('hashing-busy')),
      }
      if (!crew.take(job)) queue.put({ network, journey }, job).out?.refuse()
    })

  return {
    hash: async order => (closed ? refused('hashing-busy') : enqueue(order)),
    load: () => ({ waiting: queue.size(), working: crew.working() }),
    close: async () => {
      closed = true
      for (const job of queue.drain()) job.refuse()
      await crew.stop()
    },
  }
}
