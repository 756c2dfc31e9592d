import type { Network } from './network.ts'

/**
 * Posts of one network within the running second, counted in memory, in each process: what is refused here costs no
 * row, no page and no hash. The doors of the store count what passes; this keeps one network from filling them.
 */
export const floodGate = (limits: { perSecond: number; campusFactor: number }, now: () => number) => {
  let second = 0
  let passed = new Map<string, number>()
  return {
    admits: ({ id, campus }: Network) => {
      const current = Math.floor(now() / 1000)
      if (current !== second) {
        second = current
        passed = new Map()
      }
      const count = (passed.get(id) ?? 0) + 1
      passed.set(id, count)
      return count <= limits.perSecond * (campus ? limits.campusFactor : 1)
    },
  }
}
