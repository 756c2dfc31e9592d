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

type Threads = {
  readonly pool: Piscina<HashJob, string>
  /** Rejects each job in progress. */
  readonly inProgress: Set<(fault: unknown) => void>
}

async function openThreads(size: number, workerFile: URL): Promise<Threads> {
  const { Piscina: Pool } = await import('piscina')
  const pool = new Pool<HashJob, string>({
    filename: workerFile.href,
    minThreads: 0,
    maxThreads: size,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: prefetch,
    // Of its ways to pass jobs, the one that takes least of the main thread (decision 022).
    atomics: 'sync',
    recordTiming: false,
  })
  return { pool, inProgress: new Set() }
}

/** The system gave no further thread: the library throws where it makes one, and keeps the job. */
const isThreadFault = (fault: unknown) =>
  fault instanceof Error && 'code' in fault && fault.code === 'ERR_WORKER_INIT_FAILED'

/**
 * At most `size` worker threads, each started when a job needs it. The library itself is loaded by the first job: the start of
 * the process waits for neither. Idle threads do not keep the process alive.
 */
export function openWorkerPool(size: number, workerFile = ownWorker) {
  let opened: Promise<Threads> | undefined
  let open: Threads | undefined
  let most = size

  /**
   * A thread that ends before it has a job, as one that cannot start, would leave jobs waiting for ever in the library. The next
   * job opens other threads, one fewer: where the system gives no more than some, those work.
   */
  const abandon = (threads: Threads, fault: unknown) => {
    // Each thread of an abandoned pool may still report its own fault.
    if (threads !== open) return
    open = undefined
    opened = undefined
    most = Math.max(1, most - 1)
    for (const reject of threads.inProgress) reject(fault)
    void threads.pool.destroy().catch(() => {})
  }
  const getThreads = () => {
    opened ??= openThreads(most, workerFile).then(
      threads => {
        open = threads
        threads.pool.on('error', fault => abandon(threads, fault))
        return threads
      },
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
      const threads = await getThreads()
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      const fail = (fault: unknown) => {
        if (isThreadFault(fault)) abandon(threads, fault)
        reject(fault)
      }
      threads.inProgress.add(reject)
      // In a turn of its own: what the library throws at once is a fault of this job too.
      Promise.resolve()
        .then(() => threads.pool.run(job))
        .then(resolve, fail)
        .finally(() => threads.inProgress.delete(reject))
      return promise
    },
    /** Jobs in progress are rejected. */
    close: async () => {
      await (await opened)?.pool.destroy()
    },
  }
}
