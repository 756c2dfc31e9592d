import { availableParallelism } from 'node:os'
import { ok, type Result, refused } from '../result.ts'
import { createFairQueue, type HashingClient } from './fair-queue.ts'

import { openWorkerPool, prefetch } from './worker-pool.ts'

export type { HashingClient }

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

type QueuedJob = {
  readonly request: HashRequest
  readonly resolve: (result: HashResult) => void
  readonly reject: (fault: unknown) => void
}

/**
 * `workers`: by default one per core. `queue`: its capacity, by default 200, the last of which wait two seconds on two cores;
 * people do not wait much longer than that.
 */
export const openHashing = (options: { workers?: number; queue?: number } = {}): Hashing => {
  const workers = options.workers ?? availableParallelism()
  const queue = createFairQueue<QueuedJob>(options.queue ?? 200)
  const pool = openWorkerPool(workers)
  let inProgress = 0
  let closed = false

  const fill = () => {
    while (inProgress < workers * prefetch) {
      const next = queue.take()
      if (!next) return
      start(next)
    }
  }

  const start = ({ request: { password, salt, pepper }, resolve, reject }: QueuedJob) => {
    inProgress += 1
    const end = () => {
      inProgress -= 1
      fill()
    }
    pool.run({ password, salt, pepper }).then(
      hash => {
        end()
        resolve(ok({ hash }))
      },
      fault => {
        end()
        reject(fault)
      },
    )
  }

  const enqueue = (request: HashRequest) =>
    new Promise<HashResult>((resolve, reject) => {
      const job = { request, resolve, reject }
      if (inProgress < workers) {
        start(job)
        return
      }
      const { rejected, duplicate } = queue.put(request, job)
      rejected?.resolve(refused(duplicate ? 'hashing-twice' : 'hashing-busy'))
    })

  return {
    hash: async request => (closed ? refused('hashing-busy') : enqueue(request)),
    load: () => ({ waiting: queue.size(), working: inProgress }),
    close: async () => {
      closed = true
      for (const job of queue.drain()) job.resolve(refused('hashing-busy'))
      await pool.close()
    },
  }
}
