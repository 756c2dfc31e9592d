import type { Piscina } from 'piscina'
import type { HashJob } from './hash-worker.ts'

/** The worker's file is next to this one: TypeScript in the sources, JavaScript in the bundle. */
const fileName = import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js'
const workerFile = new URL(fileName, import.meta.url)

/**
 * Jobs that a worker holds at once: the current one and the next. Without the next one its core would be idle between two
 * jobs, while the main thread handles the result.
 */
export const prefetch = 2

/**
 * At most `size` worker threads, each started when a job needs it. The library itself is loaded by the first job: the start of
 * the process waits for neither. Idle threads do not keep the process alive.
 */
export function openWorkerPool(size: number) {
  let opened: Promise<Piscina<HashJob, string>> | undefined
  const open = () => {
    opened ??= import('piscina').then(library => {
      const pool = new library.Piscina<HashJob, string>({
        filename: workerFile.href,
        minThreads: 0,
        maxThreads: size,
        idleTimeout: Number.POSITIVE_INFINITY,
        concurrentTasksPerWorker: prefetch,
        // Of its ways to pass jobs, the one that takes least of the main thread (decision 022).
        atomics: 'sync',
        recordTiming: false,
      })
      // A worker that ends without a job is replaced by the next job. Without a listener the event would end the process.
      return pool.on('error', () => {})
    })
    return opened
  }
  return {
    /** Rejects with the fault of the job, or of a worker that ended; the pool then starts another. */
    run: async (job: HashJob) => (await open()).run(job),
    /** Jobs in progress are rejected. */
    close: async () => {
      await (await opened)?.destroy()
    },
  }
}
