import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import { keysFrom } from '../crypto/keys.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Lockout } from '../directory/lockout.ts'
import { defaultLimits } from '../limits/limits.ts'
import { createRateLimiter } from '../limits/rate-limiter.ts'
import { type BindBudget, createBindBudget } from './bind-budget.ts'
import type { Requester } from './bind-share.ts'

const camille = 'camille' as PersonId
const longest = 5000
const network = { id: 'n', campus: false }

describe.each(storeFlavours.filter(({ available }) => available))(
  'binds of one name on $flavour',
  ({ flavour }) => {
    let opened: Awaited<ReturnType<typeof newStore>>
    let budget: BindBudget
    const clock = movableClock()
    beforeEach(async () => {
      opened = await newStore(flavour)
      const { store } = opened
      // The tests leave binds pending: retries must not wait for them.
      const withoutSleep = { ...clock, sleep: async () => {} }
      budget = createBindBudget({
        store,
        clock: withoutSleep,
        limits: defaultLimits,
        keys: keysFrom(Buffer.alloc(32, 3)),
        rateLimiter: createRateLimiter(store, clock),
        directory: { longest },
      })
    })
    afterEach(() => opened?.forget())

    const begin = (requester: Requester, lockout: Lockout | null = { maxFailures: 10, interval: 0 }) =>
      budget.begin({ person: camille, login: 'clefevre', requester, network, lockout })
    const begun = async (...input: Parameters<typeof begin>) => {
      const result = await begin(...input)
      if (!result.ok) throw new Error(result.reason)
      return result.counted
    }
    const fail = async (...input: Parameters<typeof begin>) => budget.failed(await begun(...input))
    /** Fails until the name closes, and counts how often. */
    const failUntilClosed = async (requester: Requester, lockout?: Lockout) => {
      let count = 0
      for (;;) {
        const result = await begin(requester, lockout)
        if (!result.ok) return count
        await budget.failed(result.counted)
        count += 1
      }
    }

    /** Fails until the name closes: how many tries are answered as wrong passwords, and how many of them reach the directory. */
    const reached = async (requester: Requester, lockout?: Lockout) => {
      let [answered, reaching] = [0, 0]
      for (;;) {
        const result = await begin(requester, lockout)
        if (!result.ok) return { answered, reaching }
        await budget.failed(result.counted)
        answered += 1
        if (result.counted.reachesDirectory) reaching += 1
      }
    }

    it('allows no more than the share of twenty sent at once', async () => {
      const results = await Promise.all(Array.from({ length: 20 }, () => begin('stranger')))
      expect(results.filter(({ ok }) => ok)).toHaveLength(5)
      expect(await failUntilClosed('own')).toBe(2)
    })

    it('lets an own browser use what strangers left of their share, and keeps the sum at three quarters', async () => {
      for (let tried = 0; tried < 3; tried += 1) await fail('stranger')
      expect(await reached('own')).toEqual({ answered: 4, reaching: 4 })
      // Strangers see what they would see of a login without account: two more tries, which are not sent to the directory.
      expect(await reached('stranger')).toEqual({ answered: 2, reaching: 0 })
      expect(await reached('own')).toEqual({ answered: 0, reaching: 0 })
    })

    it('keeps counting the pending binds of a killed process as failures, but does not wait for them forever', async () => {
      for (let killed = 0; killed < 5; killed += 1) await begun('stranger')
      clock.forward(longest + 1)
      expect((await begin('stranger')).ok).toBe(false)
      clock.forward(1000)
      await budget.succeeded(await begun('own'))
      expect(await failUntilClosed('stranger')).toBe(5)
    })

    it('forgets at a success the failures before it began, and none that came later', async () => {
      await fail('stranger')
      const late = await begun('stranger')
      clock.forward(10)
      const owner = await begun('own')
      clock.forward(10)
      await budget.failed(late)
      await budget.succeeded(owner)
      // The directory may have counted the late failure after the success.
      expect(await failUntilClosed('stranger')).toBe(3)
      clock.forward(10)
      await budget.succeeded(await begun('own'))
      expect(await failUntilClosed('stranger')).toBe(5)
    })

    it('shows strangers no success where the directory has an interval: their count ends with time only', async () => {
      const rule = { maxFailures: 10, interval: minutes(5) }
      expect(await failUntilClosed('stranger', rule)).toBe(5)
      clock.forward(10)
      await budget.succeeded(await begun('own', rule))
      expect(await failUntilClosed('stranger', rule)).toBe(0)
      clock.forward(minutes(6))
      expect(await failUntilClosed('stranger', rule)).toBe(5)
    })

    it('counts on the directory to forget one interval after the last failure of anyone, and shows strangers their own failures only', async () => {
      const rule = { maxFailures: 10, interval: minutes(5) }
      await fail('stranger', rule)
      clock.forward(minutes(4))
      await fail('own', rule)
      clock.forward(minutes(4))
      expect(await reached('stranger', rule)).toEqual({ answered: 5, reaching: 4 })
      clock.forward(minutes(6))
      expect(await reached('stranger', rule)).toEqual({ answered: 5, reaching: 5 })
    })

    it('shows strangers a time that the owner does not move, and the owner one that strangers do not move', async () => {
      const rule = { maxFailures: 10, interval: minutes(5) }
      const until = async (requester: Requester) => {
        const result = await begin(requester, rule)
        return result.ok || result.reason !== 'budget-spent' ? null : result.until
      }
      await failUntilClosed('stranger', rule)
      const untilForStrangers = await until('stranger')
      clock.forward(minutes(1))
      await failUntilClosed('own', rule)
      expect(await until('stranger')).toBe(untilForStrangers)
      const own = (await until('own')) ?? 0
      for (let minute = 0; minute < 5; minute += 1) {
        clock.forward(minutes(1))
        await failUntilClosed('stranger', rule)
        expect(await until('own')).toBe(own)
      }
      clock.forward(own - clock.now())
      expect((await begin('own', rule)).ok).toBe(true)
    })

    it('forgives after a proved write as after a success', async () => {
      expect(await failUntilClosed('stranger')).toBe(5)
      clock.forward(10)
      await opened.store.transaction(tx => budget.forgive(tx, camille, clock.now()))
      expect(await failUntilClosed('stranger')).toBe(5)
    })

    it('ends a pending bind that failed with the success that follows it, and leaves no row', async () => {
      const failedBind = await begun('own')
      clock.forward(10)
      await opened.store.transaction(tx => budget.forgive(tx, camille, clock.now(), failedBind))
      expect(await opened.store.read.selectFrom('password_failures').select('name').execute()).toEqual([])
    })

    it('ends it too when the success comes long after its deadline, as after a kill', async () => {
      const failedBind = await begun('own')
      clock.forward(10)
      const since = clock.now()
      clock.forward(longest + 1000)
      await opened.store.transaction(tx => budget.forgive(tx, camille, since, failedBind))
      expect(await opened.store.read.selectFrom('password_failures').select('name').execute()).toEqual([])
    })

    it('counts a pending bind as failed when no success follows it', async () => {
      const failedBind = await begun('own')
      await opened.store.transaction(tx => budget.recordFailure(tx, failedBind))
      const rows = await opened.store.read
        .selectFrom('password_failures')
        .select(['requester', 'counted', 'pending'])
        .execute()
      expect(rows).toEqual([{ requester: 'own', counted: 1, pending: 0 }])
    })

    it('leaves no share where the directory locks at the first failure, and a single one where it locks at the second', async () => {
      expect(await failUntilClosed('own', { maxFailures: 1, interval: 0 })).toBe(0)
      expect(await failUntilClosed('own', { maxFailures: 2, interval: 0 })).toBe(1)
      expect(await failUntilClosed('stranger', { maxFailures: 2, interval: 0 })).toBe(0)
    })

    it('leaves no row of a name that never failed', async () => {
      await budget.succeeded(await begun('own'))
      await budget.refund(await begun('stranger'))
      expect(await opened.store.read.selectFrom('password_failures').select('name').execute()).toEqual([])
    })
  },
)
