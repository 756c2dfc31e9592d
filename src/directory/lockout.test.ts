import { describe, expect, it } from 'vitest'
import { minutes } from '../clock.ts'
import { createLockoutReader, type Lockout, lockoutShares, noLockout, strictestLockout } from './lockout.ts'

describe('the lockout policy of a directory', () => {
  it('gives strangers half of the failures and the owner a quarter, so that both together never lock the account', () => {
    const shares = [0, 1, 2, 3, 4, 5, 10, 100].map(most => [most, ...Object.values(lockoutShares(most))])
    expect(shares).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 1, 0],
      [3, 1, 1],
      [4, 2, 1],
      [5, 2, 1],
      [10, 5, 2],
      [100, 50, 25],
    ])
    for (let most = 2; most < 1000; most += 1) {
      const { stranger, own } = lockoutShares(most)
      expect(stranger + own).toBeLessThan(most)
    }
  })

  it('is the strictest of several policies', () => {
    const rules = [noLockout, { maxFailures: 10, interval: 900 }, { maxFailures: 5, interval: 60 }]
    expect(strictestLockout(rules)).toEqual({ maxFailures: 5, interval: 900 })
    expect(strictestLockout([...rules, { maxFailures: 20, interval: 0 }])).toEqual({
      maxFailures: 5,
      interval: 0,
    })
    expect(strictestLockout([noLockout])).toEqual(noLockout)
  })

  it('is refreshed every few minutes, remains in force while the directory is unavailable, and is never laxer than configured', async () => {
    let at = 0
    let policy: Lockout | null | Error = { maxFailures: 10, interval: 1000 }
    let reads = 0
    const rule = createLockoutReader({
      read: async () => {
        reads += 1
        if (policy instanceof Error) throw policy
        return policy
      },
      configured: { maxFailures: 6, interval: 500 },
      now: () => at,
    })
    expect(await rule()).toEqual({ maxFailures: 6, interval: 1000 })
    expect(await rule()).toEqual({ maxFailures: 6, interval: 1000 })
    expect(reads).toBe(1)
    policy = { maxFailures: 3, interval: 0 }
    at += minutes(6)
    await rule()
    expect(await rule()).toEqual({ maxFailures: 3, interval: 0 })
    policy = new Error('unavailable')
    at += minutes(6)
    await rule()
    expect(await rule()).toEqual({ maxFailures: 3, interval: 0 })
    expect(reads).toBe(3)
  })

  it('is unknown when it can neither be read nor is configured', async () => {
    expect(await createLockoutReader({ read: async () => null, configured: undefined, now: () => 0 })()).toBe(
      null,
    )
  })
})
