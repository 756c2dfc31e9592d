import type { Clock } from '../clock.ts'

/**
 * Runs a job repeatedly until it is stopped: again at once while it finds work, else after `idleDelay` milliseconds, or when
 * it is woken; `null`: only when it is woken. A fault is reported and the loop continues; `stop` waits for the current run.
 */
export const startJobLoop = (deps: {
  readonly run: () => Promise<number>
  readonly idleDelay: number | null
  readonly clock: Clock
  readonly onFault: (fault: unknown) => void
}) => {
  let stopped = false
  let wake = () => {}
  const pause = () =>
    new Promise<void>(resolve => {
      const timer = deps.idleDelay === null ? undefined : setTimeout(resolve, deps.idleDelay).unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const loop = async () => {
    while (!stopped) {
      const worked = await deps.run().catch(fault => {
        deps.onFault(fault)
        return 0
      })
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
