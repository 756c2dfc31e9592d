import { availableParallelism } from 'node:os'
import { ok, type Result, refused } from '../result.ts'
import { createFairQueue, type HashingClient } from './fair-queue.ts'

export type { HashingClient }

import { type Job, openWorkerPool } from './worker-pool.ts'

/** Argon2id, m=47104 KiB, t=1, p=1 (ASVS 5.0 11.4.2). Each hash takes about 20 ms and 46 MB, hence the queue. */
export type HashRequest = HashingClient & {
  readonly password: string
  /** base64url, 8 bytes or more. */
  readonly salt: string
  readonly pepper: Buffer
}

/** `hashing-busy`: the queue has no room for this network; `hashing-twice`: its queue key already waits for a hash. */
export type HashRefusal = 'hashing-busy' | 'hashing-twice'
type HashResult = Result<{ hash: string }, HashRefusal>

export type Hashing = {
  /** base64url of 32 bytes. */
  hash(hashJob: HashRequest): Promise<HashResult>
  load(): { readonly waiting: number; readonly working: number }
  close(): Promise<void>
}

type QueuedJob = Job & { readonly refuse: (reason: HashRefusal) => void }

/**
 * `workers`: by default one per core. `queue`: its capacity, by default 200, the last of which wait two seconds on two cores;
 * people do not wait much longer than that.
 */
export const openHashing = (options: { workers?: number; queue?: number } = {}): Hashing => {
  const queue = createFairQueue<QueuedJob>(options.queue ?? 200)
  const pool = openWorkerPool(options.workers ?? availableParallelism(), queue.take)
  let closed = false

  const enqueue = ({ password, salt, pepper, network, queueKey }: HashRequest) =>
    new Promise<HashResult>((resolve, reject) => {
      const job: QueuedJob = {
        hashJob: { password, salt, pepper },
        done: hash => resolve(ok({ hash })),
        failed: reject,
        refuse: reason => resolve(refused(reason)),
      }
      if (pool.tryRun(job)) return
      const { rejected, duplicate } = queue.put({ network, queueKey }, job)
      rejected?.refuse(duplicate ? 'hashing-twice' : 'hashing-busy')
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
