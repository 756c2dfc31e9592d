import { Worker } from 'node:worker_threads'
import type { HashJob } from './hash-worker.ts'

/** The worker's file is next to this one: TypeScript in the sources, JavaScript in the bundle. */
const fileName = import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js'
const workerFile = new URL(fileName, import.meta.url)

export type Job = {
  readonly hashJob: HashJob
  readonly done: (hash: string) => void
  readonly failed: (fault: Error) => void
}

/**
 * Jobs that a worker holds at once: the current one and the next. Without the next one its core would be idle between two
 * jobs, while the main thread handles the result.
 */
const prefetch = 2

/**
 * At most `size` workers, each started when a job needs it, so that the start of the process does not wait for them. When a
 * worker exits, its current job fails, and a new worker runs the jobs that were waiting.
 */
export const openWorkerPool = (size: number, nextJob: () => Job | undefined) => {
  const idle = new Set<Worker>()
  /** The jobs of each busy worker, in the order in which it answers. */
  const busy = new Map<Worker, Job[]>()
  const all = new Set<Worker>()

  const assign = (worker: Worker, job: Job) => {
    idle.delete(worker)
    busy.set(worker, [...(busy.get(worker) ?? []), job])
    // Only a busy worker keeps the process alive, so that a command exits after its last hash.
    worker.ref()
    worker.postMessage(job.hashJob)
  }

  const fill = (worker: Worker) => {
    while ((busy.get(worker)?.length ?? 0) < prefetch) {
      const job = nextJob()
      if (!job) return
      assign(worker, job)
    }
  }

  const finish = (worker: Worker, hash: string) => {
    const [job, ...rest] = busy.get(worker) ?? []
    busy.set(worker, rest)
    fill(worker)
    if (busy.get(worker)?.length === 0) {
      busy.delete(worker)
      idle.add(worker)
      worker.unref()
    }
    job?.done(hash)
  }

  const replace = (worker: Worker, fault: Error) => {
    if (!all.delete(worker)) return
    const [job, ...rest] = busy.get(worker) ?? []
    busy.delete(worker)
    idle.delete(worker)
    const waiting = [...rest, ...(rest.length === 0 ? [nextJob()] : [])].filter(
      queued => queued !== undefined,
    )
    if (waiting.length > 0) {
      const replacement = start()
      for (const waitingJob of waiting) assign(replacement, waitingJob)
    }
    job?.failed(fault)
  }

  const start = () => {
    const worker = new Worker(workerFile)
    all.add(worker)
    worker.on('message', (hash: string) => finish(worker, hash))
    worker.on('error', fault => replace(worker, fault instanceof Error ? fault : new Error(String(fault))))
    worker.on('exit', code => replace(worker, new Error(`a hash worker ended with code ${code}`)))
    return worker
  }

  return {
    working: () => [...busy.values()].reduce((sum, jobs) => sum + jobs.length, 0),
    /** Starts the job on an idle or a new worker; false when all workers are busy. */
    tryRun: (job: Job) => {
      const [idleWorker] = idle
      const worker = idleWorker ?? (all.size < size ? start() : undefined)
      if (worker) assign(worker, job)
      return worker !== undefined
    },
    stop: async () => {
      await Promise.all([...all].map(worker => worker.terminate()))
    },
  }
}
