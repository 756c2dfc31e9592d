import { timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { ok, type Result, refused } from '../result.ts'
import { createFairQueue } from './fair-queue.ts'
import { type Job, openWorkerPool } from './worker-pool.ts'

/** Argon2id, m=47104 KiB, t=1, p=1 (ASVS 5.0 11.4.2): about 20 ms and 46 MB for each, hence the queue. */
export type HashRequest = {
  readonly password: string
  /** base64url, 8 bytes or more. */
  readonly salt: string
  readonly pepper: Buffer
  /** Turns are taken by network, and one journey waits for one hash at a time. */
  readonly network: string
  readonly journey: string
}

/** `hashing-busy`: the queue has no room for this network; `hashing-twice`: this journey waits for a hash already. */
export type HashRefusal = 'hashing-busy' | 'hashing-twice'
type HashResult = Result<{ hash: string }, HashRefusal>

export type Hashing = {
  /** base64url of 32 bytes. */
  hash(hashJob: HashRequest): Promise<HashResult>
  load(): { readonly waiting: number; readonly working: number }
  close(): Promise<void>
}

/** In constant time: how far a guess agrees with a stored hash must not show. */
export const sameHash = (a: string, b: string) => {
  const [one, two] = [Buffer.from(a), Buffer.from(b)]
  return one.length === two.length && timingSafeEqual(one, two)
}

type Waiting = Job & { readonly refuse: (reason: HashRefusal) => void }

/** `workers`: as many as cores. `queue`: two hundred wait two seconds on two cores, after which people go away. */
export const openHashing = (options: { workers?: number; queue?: number } = {}): Hashing => {
  const queue = createFairQueue<Waiting>(options.queue ?? 200)
  const pool = openWorkerPool(options.workers ?? availableParallelism(), queue.take)
  let closed = false

  const enqueue = ({ password, salt, pepper, network, journey }: HashRequest) =>
    new Promise<HashResult>((resolve, reject) => {
      const job: Waiting = {
        hashJob: { password, salt, pepper },
        done: hash => resolve(ok({ hash })),
        failed: reject,
        refuse: reason => resolve(refused(reason)),
      }
      if (pool.take(job)) return
      const { out, twice } = queue.put({ network, journey }, job)
      out?.refuse(twice ? 'hashing-twice' : 'hashing-busy')
    })

  return {
    hash: async hashJob => (closed ? refused('hashing-busy') : enqueue(hashJob)),
    load: () => ({ waiting: queue.size(), working: pool.working() }),
    close: async () => {
      closed = true
      for (const job of queue.drain()) job.refuse('hashing-busy')
      await pool.stop()
    },
  }
}
