import { expect, it } from 'vitest'
import { floodGate } from './flood.ts'

it('a network that floods is refused within the second, others and the next second are not', () => {
  let now = 1_000_000
  const gate = floodGate({ perSecond: 3, campusFactor: 2 }, () => now)
  const [one, two] = [
    { id: 'a', campus: false },
    { id: 'b', campus: false },
  ]
  expect([1, 2, 3, 4].map(() => gate.admits(one))).toEqual([true, true, true, false])
  expect(gate.admits(two)).toBe(true)
  now += 1000
  expect(gate.admits(one)).toBe(true)
  const campus = { id: 'c', campus: true }
  expect([1, 2, 3, 4, 5, 6, 7].map(() => gate.admits(campus)).filter(Boolean)).toHaveLength(6)
})
