import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { newStore, storeFlavours } from '../../test/world/stores.ts'
import { minutes } from '../clock.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Lockout } from '../directory/lockout.ts'
import { keysFrom } from '../keys.ts'
import { defaultLimits } from '../limits.ts'
import { createRateLimiter } from '../web/rate-limiter.ts'
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
      // Nobody waits here for a bind that a test leaves under way.
      const impatient = { ...clock, sleep: async () => {} }
      budget = createBindBudget({
        store,
        clock: impatient,
        limits: defaultLimits,
        keys: keysFrom(Buffer.alloc(32, 3)),
        rateLimiter: createRateLimiter(store, clock),
        directory: { longest },
      })
    })
    afterEach(() => opened?.forget())

    const begin = (requester: Requester, lockout: Lockout | null = { maxFailures: 10, interval: 0 }) =>
      budget.begin({ person: camille, login: 'clefevre', requester, network, lockout })
    const begun = async (...given: Parameters<typeof begin>) => {
      const asked = await begin(...given)
      if (!asked.ok) throw new Error(asked.reason)
      return asked.counted
    }
    const fail = async (...given: Parameters<typeof begin>) => budget.failed(await begun(...given))
    const free = async (requester: Requester, lockout?: Lockout) => {
      let count = 0
      for (;;) {
        const asked = await begin(requester, lockout)
        if (!asked.ok) return count
        await budget.failed(asked.counted)
        count += 1
      }
    }

    /** How many more are answered as wrong ones, and how many of these reach the directory. */
    const reached = async (requester: Requester, lockout?: Lockout) => {
      let [answered, reaching] = [0, 0]
      for (;;) {
        const asked = await begin(requester, lockout)
        if (!asked.ok) return { answered, reaching }
        await budget.failed(asked.counted)
        answered += 1
        if (asked.counted.reaches) reaching += 1
      }
    }

    it('of twenty sent at once no more than the share are made', async () => {
      const asked = await Promise.all(Array.from({ length: 20 }, () => begin('stranger')))
      expect(asked.filter(({ ok }) => ok)).toHaveLength(5)
      expect(await free('own')).toBe(2)
    })

    it('an own browser takes what strangers left of theirs, and the sum stays three quarters', async () => {
      for (let tried = 0; tried < 3; tried += 1) await fail('stranger')
      expect(await reached('own')).toEqual({ answered: 4, reaching: 4 })
      // Strangers see what they would see of a name that nobody bears: two more, of which the directory hears nothing.
      expect(await reached('stranger')).toEqual({ answered: 2, reaching: 0 })
      expect(await reached('own')).toEqual({ answered: 0, reaching: 0 })
    })

    it('what was killed under way stays counted as a failure, and holds no place for ever', async () => {
      for (let killed = 0; killed < 5; killed += 1) await begun('stranger')
      clock.forward(longest + 1)
      expect((await begin('stranger')).ok).toBe(false)
      clock.forward(1000)
      await budget.right(await begun('own'))
      expect(await free('stranger')).toBe(5)
    })

    it('a success forgets what had failed before it began, and nothing that came later', async () => {
      await fail('stranger')
      const late = await begun('stranger')
      clock.forward(10)
      const owner = await begun('own')
      clock.forward(10)
      await budget.failed(late)
      await budget.right(owner)
      // The directory may have counted the late one after the success.
      expect(await free('stranger')).toBe(3)
      clock.forward(10)
      await budget.right(await begun('own'))
      expect(await free('stranger')).toBe(5)
    })

    it('with an interval strangers see no success: their count ends with its time alone', async () => {
      const rule = { maxFailures: 10, interval: minutes(5) }
      expect(await free('stranger', rule)).toBe(5)
      clock.forward(10)
      await budget.right(await begun('own', rule))
      expect(await free('stranger', rule)).toBe(0)
      clock.forward(minutes(6))
      expect(await free('stranger', rule)).toBe(5)
    })

    it('the directory has forgotten one interval after the last failure, whoever failed; a stranger sees their own', async () => {
      const rule = { maxFailures: 10, interval: minutes(5) }
      await fail('stranger', rule)
      clock.forward(minutes(4))
      await fail('own', rule)
      clock.forward(minutes(4))
      expect(await reached('stranger', rule)).toEqual({ answered: 5, reaching: 4 })
      clock.forward(minutes(6))
      expect(await reached('stranger', rule)).toEqual({ answered: 5, reaching: 5 })
    })

    it('strangers are told a time that the owner does not move, and the owner one that strangers do not', async () => {
      const rule = { maxFailures: 10, interval: minutes(5) }
      const until = async (requester: Requester) => {
        const asked = await begin(requester, rule)
        return asked.ok || asked.reason !== 'budget-spent' ? null : asked.until
      }
      await free('stranger', rule)
      const strangerUntil = await until('stranger')
      clock.forward(minutes(1))
      await free('own', rule)
      expect(await until('stranger')).toBe(strangerUntil)
      const own = (await until('own')) ?? 0
      for (let minute = 0; minute < 5; minute += 1) {
        clock.forward(minutes(1))
        await free('stranger', rule)
        expect(await until('own')).toBe(own)
      }
      clock.forward(own - clock.now())
      expect((await begin('own', rule)).ok).toBe(true)
    })

    it('a write that was proved forgives as a success does', async () => {
      expect(await free('stranger')).toBe(5)
      clock.forward(10)
      await opened.store.transaction(tx => budget.forgive(tx, camille, clock.now()))
      expect(await free('stranger')).toBe(5)
    })

    it('no share is left of a directory that locks at the first failure, and one in all of one that locks at the second', async () => {
      expect(await free('own', { maxFailures: 1, interval: 0 })).toBe(0)
      expect(await free('own', { maxFailures: 2, interval: 0 })).toBe(1)
      expect(await free('stranger', { maxFailures: 2, interval: 0 })).toBe(0)
    })

    it('whoever never fails leaves no row', async () => {
      await budget.right(await begun('own'))
      await budget.giveBack(await begun('stranger'))
      expect(await opened.store.read.selectFrom('password_failures').select('name').execute()).toEqual([])
    })
  },
)
