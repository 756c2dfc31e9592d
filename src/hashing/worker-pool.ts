import { Worker } from 'node:worker_threads'
import type { HashJob } from './hash-worker.ts'

/** Beside this file: TypeScript from the sources, JavaScript from the bundle. */
const source = import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js'
const workerFile = new URL(source, import.meta.url)

export type Job = {
  readonly hashJob: HashJob
  readonly done: (hash: string) => void
  readonly failed: (fault: Error) => void
}

/** One job under way and one at hand: a worker that waits for the main thread between two jobs is a core that rests. */
const prefetch = 2

/**
 * At most `size` workers. They start with the first jobs, since a cold start need not wait for them. A worker that dies
 * fails the job that it was at; its place is taken by a new one as soon as there is work.
 */
export const openWorkerPool = (size: number, next: () => Job | undefined) => {
  const idle = new Set<Worker>()
  /** What each worker was given, in the order in which it answers. */
  const busy = new Map<Worker, Job[]>()
  const all = new Set<Worker>()

  const give = (worker: Worker, job: Job) => {
    idle.delete(worker)
    busy.set(worker, [...(busy.get(worker) ?? []), job])
    // Only work keeps the process alive: a command ends when its last hash is there.
    worker.ref()
    worker.postMessage(job.hashJob)
  }

  const fill = (worker: Worker) => {
    while ((busy.get(worker)?.length ?? 0) < prefetch) {
      const job = next()
      if (!job) return
      give(worker, job)
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

  const lose = (worker: Worker, fault: Error) => {
    if (!all.delete(worker)) return
    const [job, ...rest] = busy.get(worker) ?? []
    busy.delete(worker)
    idle.delete(worker)
    const waiting = [...rest, ...(rest.length === 0 ? [next()] : [])].filter(one => one !== undefined)
    if (waiting.length > 0) {
      const successor = start()
      for (const one of waiting) give(successor, one)
    }
    job?.failed(fault)
  }

  const start = () => {
    const worker = new Worker(workerFile)
    all.add(worker)
    worker.on('message', (hash: string) => finish(worker, hash))
    worker.on('error', fault => lose(worker, fault instanceof Error ? fault : new Error(String(fault))))
    worker.on('exit', code => lose(worker, new Error(`a hash worker ended with code ${code}`)))
    return worker
  }

  return {
    working: () => [...busy.values()].reduce((sum, jobs) => sum + jobs.length, 0),
    /** False when everyone is at work. */
    take: (job: Job) => {
      const [rested] = idle
      const worker = rested ?? (all.size < size ? start() : undefined)
      if (worker) give(worker, job)
      return worker !== undefined
    },
    stop: async () => {
      await Promise.all([...all].map(worker => worker.terminate()))
    },
  }
}
