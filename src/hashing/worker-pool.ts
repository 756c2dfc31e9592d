import type { Piscina } from 'piscina'
import type { HashJob } from './hash-worker.ts'

/** The worker's file is next to this one: TypeScript in the sources, JavaScript in the bundle. */
const fileName = import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js'
const ownWorker = new URL(fileName, import.meta.url)

/**
 * Jobs that a worker holds at once: the current one and the next. Without the next one its core would be idle between two
 * jobs, while the main thread handles the result.
 */
export const prefetch = 2

type Threads = Piscina<HashJob, string>

async function openThreads(size: number, workerFile: URL): Promise<Threads> {
  const { Piscina: Pool } = await import('piscina')
  return new Pool<HashJob, string>({
    filename: workerFile.href,
    minThreads: 0,
    maxThreads: size,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: prefetch,
    // Of its ways to pass jobs, the one that takes least of the main thread (decision 022).
    atomics: 'sync',
    recordTiming: false,
  })
}

/**
 * At most `size` worker threads, each started when a job needs it. The library itself is loaded by the first job: the start of
 * the process waits for neither. Idle threads do not keep the process alive.
 */
export function openWorkerPool(size: number, workerFile = ownWorker) {
  let opened: Promise<Threads> | undefined
  /** Rejects each job in progress. */
  const inProgress = new Set<(fault: unknown) => void>()

  /** A thread that ends before it has a job, as one that cannot start, would leave its jobs waiting for ever in the library. */
  const abandon = (threads: Threads, fault: unknown) => {
    opened = undefined
    for (const reject of inProgress) reject(fault)
    void threads.destroy().catch(() => {})
  }
  const open = () => {
    opened ??= openThreads(size, workerFile).then(
      threads => threads.on('error', fault => abandon(threads, fault)),
      fault => {
        opened = undefined
        throw fault
      },
    )
    return opened
  }

  return {
    /** Rejects with the fault of the job, or of a thread that ended; the next job starts threads anew. */
    run: async (job: HashJob) => {
      const threads = await open()
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      inProgress.add(reject)
      threads
        .run(job)
        .then(resolve, reject)
        .finally(() => inProgress.delete(reject))
      return promise
    },
    /** Jobs in progress are rejected. */
    close: async () => {
      await (await opened)?.destroy()
    },
  }
}
