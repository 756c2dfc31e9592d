import { setTimeout as sleep } from 'node:timers/promises'

const slice = 20

/**
 * For `contract.ts` and the tests: whether a work ends within so many milliseconds in which this process could run. They are
 * counted in short rests: a machine that stands still for a while makes one of them longer, and is not taken for a server that
 * is waited for too long.
 */
export const completesWithin = async (milliseconds: number, work: Promise<unknown>) => {
  let ended = false
  const end = () => {
    ended = true
  }
  work.then(end, end)
  for (let left = milliseconds; left > 0 && !ended; left -= slice) await sleep(slice)
  return ended
}
