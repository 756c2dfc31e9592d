import type { Clock } from '../clock.ts'

/**
 * Tells a fault when it begins, and when it has ended: a job that runs every second and fails for an hour says so twice. Another
 * cause meanwhile is told once too.
 */
const createFaultReport = ({
  clock,
  onFault,
  onRecovery,
}: Pick<JobLoopDeps, 'clock' | 'onFault' | 'onRecovery'>) => {
  let since = 0
  const reported = new Set<string>()
  return {
    failed: (fault: unknown) => {
      if (reported.size === 0) since = clock.now()
      if (reported.has(String(fault))) return
      reported.add(String(fault))
      onFault(fault)
    },
    succeeded: () => {
      if (reported.size === 0) return
      reported.clear()
      onRecovery(clock.now() - since)
    },
  }
}

type JobLoopDeps = {
  readonly run: () => Promise<number>
  readonly idleDelay: number | null
  readonly clock: Clock
  /** The first fault, and each other cause, until the job works again. */
  readonly onFault: (fault: unknown) => void
  /** It works again, after so many milliseconds. */
  readonly onRecovery: (lasted: number) => void
}

/**
 * Runs a job repeatedly until it is stopped: again at once while it finds work, else after `idleDelay` milliseconds, or when
 * it is woken; `null`: only when it is woken. A fault is reported and the loop continues; `stop` waits for the current run.
 */
export const startJobLoop = (deps: JobLoopDeps) => {
  let stopped = false
  let wake = () => {}
  const report = createFaultReport(deps)
  const pause = () =>
    new Promise<void>(resolve => {
      const timer = deps.idleDelay === null ? undefined : setTimeout(resolve, deps.idleDelay).unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const runOnce = async () => {
    try {
      const worked = await deps.run()
      report.succeeded()
      return worked
    } catch (fault) {
      report.failed(fault)
      return 0
    }
  }
  const loop = async () => {
    while (!stopped) {
      const worked = await runOnce()
      if (worked === 0 && !stopped) await pause()
    }
  }
  const done = loop()
  return {
    wake: () => wake(),
    stop: async () => {
      stopped = true
      wake()
      await done
    },
  }
}
