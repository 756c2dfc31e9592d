import { setTimeout as sleep } from 'node:timers/promises'

const slice = 20

/**
 * For `contract.ts` and the tests: whether `work` completes within so many milliseconds of this process's own running time. The
 * time is counted in short sleeps: when the machine is suspended for a while, one sleep becomes longer, which does not count as
 * a server that answers too late.
 */
export async function completesWithin(milliseconds: number, work: Promise<unknown>) {
  let ended = false
  const end = () => {
    ended = true
  }
  work.then(end, end)
  for (let left = milliseconds; left > 0 && !ended; left -= slice) await sleep(slice)
  return ended
}
