import type { Clock } from '../clock.ts'

/**
 * Runs a job again and again until stopped: at once while it finds work, else after `rest`. A fault is told and the
 * pulse goes on; `stop` waits for the round under way.
 */
export const pulse = (parts: {
  readonly run: () => Promise<number>
  readonly rest: number
  readonly clock: Clock
  readonly tell: (fault: unknown) => void
}) => {
  let stopped = false
  let wake = () => {}
  const pause = () =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, parts.rest)
      timer.unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const beat = async () => {
    while (!stopped) {
      const worked = await parts.run().catch(fault => {
        parts.tell(fault)
        return 0
      })
      if (worked === 0 && !stopped) await pause()
    }
  }
  const done = beat()
  return {
    wake: () => wake(),
    stop: async () => {
      stopped = true
      wake()
      await done
    },
  }
}
