import { describe, expect, it } from 'vitest'
import { presets } from './policy.ts'
import { historyKeeperOf, policyFrom, policySettings } from './settings.ts'

describe('the settings of the policy', () => {
  it('are those of the guide by default', () => {
    expect(policyFrom(policySettings.parse({}))).toEqual(presets.uphf)
    expect(policyFrom(policySettings.parse({ preset: 'nist' }))).toEqual(presets.nist)
  })

  it('change one rule of a preset and leave the others', () => {
    const policy = policyFrom(policySettings.parse({ special: false, min: 14 }))
    expect(policy).toEqual({ ...presets.uphf, special: false, min: 14 })
  })

  it.each([
    [undefined, 3, 'portal'],
    ['portal', 3, 'portal'],
    ['directory', 3, 'directory'],
    [2, 2, 'portal'],
    [0, 0, 'portal'],
  ] as const)(
    'say by history: %s that the last %i passwords are refused by the %s',
    (history, last, keeper) => {
      const settings = policySettings.parse({ ...(history !== undefined && { history }) })
      expect(policyFrom(settings).history).toBe(last)
      expect(historyKeeperOf(settings)).toBe(keeper)
    },
  )

  it.each([{ min: 20, max: 14 }, { min: 40 }, { preset: 'nist', max: 14 }])(
    'refuse a minimum above the maximum: %j',
    settings => {
      expect(policySettings.safeParse(settings).error?.issues.map(({ message }) => message)).toEqual([
        'min is above max',
      ])
    },
  )

  it('refuse a rule that does not exist', () => {
    expect(policySettings.safeParse({ emoji: true }).success).toBe(false)
  })
})
