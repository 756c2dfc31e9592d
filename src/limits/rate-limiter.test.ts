import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'

const rateLimit = { name: 'identification', window: minutes(10) }

describe.each(storeFlavours.filter(({ available }) => available))(
  'rate limits on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let rateLimiter: RateLimiter
    const clock = movableClock()
    beforeEach(async () => {
      opened = await newStore(flavour)
      rateLimiter = createRateLimiter(opened.store, clock)
    })
    afterEach(() => opened.forget())
    const hit = (key = 'n') => opened.store.transaction(tx => rateLimiter.hit(tx, rateLimit, key))

    it('count concurrent hits together', async () => {
      const counts = await Promise.all(Array.from({ length: 24 }, () => hit()))
      expect([...counts].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
      expect(await rateLimiter.count(rateLimit, 'n')).toBe(24)
    })

    it('count each key separately', async () => {
      await hit('a')
      expect(await hit('b')).toBe(1)
    })

    it('forget one tenth of the window at a time, so that a burst at its edge does not pass twice', async () => {
      for (let passed = 0; passed < 6; passed += 1) await hit()
      clock.forward(minutes(8))
      expect(await hit()).toBe(7)
      clock.forward(minutes(3))
      expect(await hit()).toBe(2)
    })

    it('count what happened earlier when it happened', async () => {
      const then = clock.now()
      const admit = (at?: number) =>
        opened.store.transaction(tx =>
          rateLimiter.admit(tx, [{ rateLimit, key: 'n', limit: 2, reason: 'reached' }], at),
        )
      clock.forward(minutes(9))
      expect([await admit(then), await admit(then), await admit(then)]).toEqual([null, null, 'reached'])
      clock.forward(minutes(2))
      expect(await rateLimiter.count(rateLimit, 'n')).toBe(0)
      expect(await admit()).toBe(null)
    })

    it('admit exactly up to the limit with concurrent requests, several limits and the edge of a bucket', async () => {
      const wide = { name: 'wide', window: minutes(10) }
      const admit = (key: string) => {
        // Each is a second later than the one before: they fall into several buckets of the window.
        clock.forward(1000)
        return opened.store.transaction(tx =>
          rateLimiter.admit(tx, [
            { rateLimit: wide, key: 'whole', limit: 12, reason: 'whole' },
            { rateLimit, key, limit: 8, reason: 'one' },
          ]),
        )
      }
      const reasons = await Promise.all(
        Array.from({ length: 120 }, (_, index) => admit(index % 2 === 0 ? 'a' : 'b')),
      )
      expect(reasons.filter(reason => reason === null)).toHaveLength(12)
      expect(await rateLimiter.count(wide, 'whole')).toBe(12)
      expect((await rateLimiter.count(rateLimit, 'a')) + (await rateLimiter.count(rateLimit, 'b'))).toBe(12)
    })

    it('do not count refusals: someone who keeps trying is admitted when the window is over', async () => {
      const request = () =>
        opened.store.transaction(tx =>
          rateLimiter.admit(tx, [{ rateLimit, key: 'n', limit: 2, reason: 'full' }]),
        )
      expect([await request(), await request()]).toEqual([null, null])
      for (let minute = 0; minute < 12; minute += 1) {
        if (minute < 9) expect(await request()).toBe('full')
        clock.forward(minutes(1))
      }
      expect(await request()).toBe(null)
    })

    it('do not count what a further bound refuses, and look at it only below the limit', async () => {
      let looked = 0
      const request = (refused: boolean) =>
        opened.store.transaction(tx =>
          rateLimiter.admitCounting<'full' | 'bound'>(tx, {
            checks: [{ rateLimit, key: 'n', limit: 2, reason: 'full' }],
            counted: [{ rateLimit, key: 'other' }],
            unless: async () => {
              looked += 1
              return refused ? 'bound' : null
            },
          }),
        )
      expect((await request(true)).reason).toBe('bound')
      expect(await rateLimiter.count(rateLimit, 'n')).toBe(0)
      expect(await rateLimiter.count(rateLimit, 'other')).toBe(0)
      expect([(await request(false)).totals, (await request(false)).totals]).toEqual([
        [1, 1],
        [2, 2],
      ])
      expect((await request(true)).reason).toBe('full')
      expect(looked).toBe(3)
    })

    it('say to the millisecond when they open again', async () => {
      expect(await rateLimiter.opensAt(rateLimit, 'n', 2)).toBeLessThanOrEqual(clock.now())
      for (let passed = 0; passed < 3; passed += 1) {
        await hit()
        clock.forward(minutes(3))
      }
      for (const limit of [1, 2, 3]) {
        const opensAt = await rateLimiter.opensAt(rateLimit, 'n', limit)
        const later = (at: number) => ({ ...clock, now: () => at })
        const seenAt = (at: number) => createRateLimiter(opened.store, later(at)).count(rateLimit, 'n')
        expect(await seenAt(opensAt - 1)).toBeGreaterThanOrEqual(limit)
        expect(await seenAt(opensAt)).toBeLessThan(limit)
      }
    })

    it('do not count a look-up', async () => {
      await rateLimiter.count(rateLimit, 'n')
      expect(await hit()).toBe(1)
    })
  },
)
