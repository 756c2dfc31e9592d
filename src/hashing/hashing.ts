import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { ok, type Result, refused } from '../result.ts'
import { fairQueue } from './fair-queue.ts'

/** Argon2id, m=47104 KiB, t=1, p=1 (ASVS 5.0 11.4.2): about 20 ms and 46 MB for each, hence the queue. */
export type HashOrder = {
  readonly password: string
  readonly salt: string
  readonly pepper: Buffer
  /** Turns are taken by network, and one journey waits for one hash at a time. */
  readonly network: string
  readonly journey: string
}

export type Hashing = {
  /** base64url of 32 bytes; `hashing-busy` when the queue has no room for this network or journey. */
  hash(order: HashOrder): Promise<Result<{ hash: string }, 'hashing-busy'>>
  waiting(): number
  close(): Promise<void>
}

type Job = {
  readonly order: HashOrder
  readonly resolve: (hash: string) => void
  readonly reject: (fault: Error) => void
}

/** Beside this file: TypeScript from the sources, JavaScript from the bundle. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js', import.meta.url)

export const openHashing = (options: { workers?: number; queue?: number; perNetwork?: number } = {}): Hashing => {
  const size = options.workers ?? Math.min(availableParallelism(), 8)
  const queue = fairQueue<Job>({ longest: options.queue ?? 200, perNetwork: options.perNetwork ?? 60 })
  const idle: Worker[] = []
  const busy = new Map<Worker, Job>()
  const all = new Set<Worker>()
  let closed = false

  const give = (worker: Worker, job: Job) => {
    const { password, salt, pepper } = job.order
    busy.set(worker, job)
    worker.postMessage({ password, salt, pepper })
  }

  const next = (worker: Worker) => {
    const job = queue.take()
    if (job) give(worker, job)
    else idle.push(worker)
  }

  const lose = (worker: Worker, fault: Error) => {
    if (!all.delete(worker)) return
    busy.get(worker)?.reject(fault)
    busy.delete(worker)
    const at = idle.indexOf(worker)
    if (at >= 0) idle.splice(at, 1)
    if (!closed) next(start())
  }

  const start = () => {
    const worker = new Worker(workerFile)
    worker.unref()
    all.add(worker)
    worker.on('message', (hash: string) => {
      const job = busy.get(worker)
      busy.delete(worker)
      if (job) job.resolve(hash)
      next(worker)
    })
    worker.on('error', fault => lose(worker, fault instanceof Error ? fault : new Error(String(fault))))
    worker.on('exit', code => lose(worker, new Error(`a hash worker ended with code ${code}`)))
    return worker
  }

  /** Workers start with the first hash: a cold start need not wait for them. */
  const free = () => idle.pop() ?? (all.size < size ? start() : undefined)

  const enqueue = (order: HashOrder) =>
    new Promise<string | null>((resolve, reject) => {
      const job = { order, resolve, reject }
      const worker = queue.size() === 0 ? free() : undefined
      if (worker) give(worker, job)
      else if (!queue.put(order, job)) resolve(null)
    })

  return {
    hash: async order => {
      if (closed) return refused('hashing-busy')
      const hash = await enqueue(order)
      return hash === null ? refused('hashing-busy') : ok({ hash })
    },
    waiting: queue.size,
    close: async () => {
      closed = true
      for (const job of queue.drain()) job.reject(new Error('the portal stops'))
      await Promise.all([...all].map(worker => worker.terminate()))
    },
  }
}
