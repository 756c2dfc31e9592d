import { describe, expect, it } from 'vitest'
import { fc } from '../../test/world/properties.ts'
import { createFairQueue } from './fair-queue.ts'

const fill = (queue: ReturnType<typeof createFairQueue<string>>, network: string, count: number) => {
  for (let index = 0; index < count; index += 1)
    queue.put({ network, queueKey: `${network}${index}` }, `${network}${index}`)
}

const takeAll = (queue: ReturnType<typeof createFairQueue<string>>) =>
  Array.from({ length: queue.size() }, () => queue.take())

describe('the fair queue', () => {
  it('serves networks in turn, not in the order of arrival', () => {
    const queue = createFairQueue<string>(10)
    fill(queue, 'a', 3)
    fill(queue, 'b', 2)
    fill(queue, 'c', 1)
    expect(takeAll(queue)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2'])
  })

  it('holds one job of a journey at a time', () => {
    const queue = createFairQueue<string>(10)
    expect(queue.put({ network: 'a', queueKey: 'j' }, 'first').rejected).toBe(null)
    expect(queue.put({ network: 'a', queueKey: 'j' }, 'second').rejected).toBe('second')
    expect(takeAll(queue)).toEqual(['first'])
    expect(queue.put({ network: 'a', queueKey: 'j' }, 'third').rejected).toBe(null)
  })

  it('never grows past its capacity', () => {
    const queue = createFairQueue<string>(4)
    fill(queue, 'a', 9)
    expect(takeAll(queue)).toEqual(['a0', 'a1', 'a2', 'a3'])
  })

  it('when full, gives a slot of the busiest network to a network with fewer jobs', () => {
    const queue = createFairQueue<string>(4)
    fill(queue, 'flood', 4)
    expect(queue.put({ network: 'quiet', queueKey: 'q' }, 'q').rejected).toBe('flood3')
    expect(takeAll(queue)).toEqual(['flood0', 'q', 'flood1', 'flood2'])
  })

  it('serves, rejects or holds each job exactly once, and never exceeds its capacity', () => {
    const puts = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 12 }), fc.boolean()),
    )
    fc.assert(
      fc.property(puts, operations => {
        const queue = createFairQueue<number>(5)
        const removed: number[] = []
        operations.forEach(([network, journey, take], job) => {
          const { rejected } = queue.put({ network, queueKey: String(journey) }, job)
          if (rejected !== null) removed.push(rejected)
          const served = take ? queue.take() : undefined
          if (served !== undefined) removed.push(served)
          expect(queue.size()).toBeLessThanOrEqual(5)
        })
        removed.push(...queue.drain())
        expect(removed.sort((a, b) => a - b)).toEqual(operations.map((_, job) => job))
      }),
    )
  })
})
