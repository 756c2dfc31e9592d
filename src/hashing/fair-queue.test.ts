import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFairQueue } from './fair-queue.ts'

const fill = (queue: ReturnType<typeof createFairQueue<string>>, network: string, count: number) => {
  for (let index = 0; index < count; index += 1)
    queue.put({ network, journey: `${network}${index}` }, `${network}${index}`)
}

const takeAll = (queue: ReturnType<typeof createFairQueue<string>>) =>
  Array.from({ length: queue.size() }, () => queue.take())

describe('the queue of hashes', () => {
  it('serves networks in turn, whoever came first', () => {
    const queue = createFairQueue<string>(10)
    fill(queue, 'a', 3)
    fill(queue, 'b', 2)
    fill(queue, 'c', 1)
    expect(takeAll(queue)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2'])
  })

  it('lets one journey wait once', () => {
    const queue = createFairQueue<string>(10)
    expect(queue.put({ network: 'a', journey: 'j' }, 'first').out).toBe(null)
    expect(queue.put({ network: 'a', journey: 'j' }, 'second').out).toBe('second')
    expect(takeAll(queue)).toEqual(['first'])
    expect(queue.put({ network: 'a', journey: 'j' }, 'third').out).toBe(null)
  })

  it('never grows past its bound', () => {
    const queue = createFairQueue<string>(4)
    fill(queue, 'a', 9)
    expect(takeAll(queue)).toEqual(['a0', 'a1', 'a2', 'a3'])
  })

  it('makes room for a quiet network in the line of the one that floods', () => {
    const queue = createFairQueue<string>(4)
    fill(queue, 'flood', 4)
    expect(queue.put({ network: 'quiet', journey: 'q' }, 'q').out).toBe('flood3')
    expect(takeAll(queue)).toEqual(['flood0', 'q', 'flood1', 'flood2'])
  })

  it('keeps every job once: served, refused or waiting, and never more than its bound', () => {
    const puts = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 12 }), fc.boolean()),
    )
    fc.assert(
      fc.property(puts, moves => {
        const queue = createFairQueue<number>(5)
        const gone: number[] = []
        moves.forEach(([network, journey, take], job) => {
          const { out } = queue.put({ network, journey: String(journey) }, job)
          if (out !== null) gone.push(out)
          const served = take ? queue.take() : undefined
          if (served !== undefined) gone.push(served)
          expect(queue.size()).toBeLessThanOrEqual(5)
        })
        gone.push(...queue.drain())
        expect(gone.sort((a, b) => a - b)).toEqual(moves.map((_, job) => job))
      }),
    )
  })
})
