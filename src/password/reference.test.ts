import { describe, expect, it } from 'vitest'
import { presets, rulesOf } from './policy.ts'
import { policyReference } from './reference.ts'

describe('the reference of the policy', () => {
  it('lists every rule of each preset, and none that is off', () => {
    for (const policy of Object.values(presets)) {
      const listed = [...policyReference([policy]).matchAll(/^- \*\*([a-z-]+)\*\*/gm)].map(([, rule]) => rule)
      expect(listed).toEqual(rulesOf(policy))
    }
  })

  it('follows the definition: a change of the policy changes the page', () => {
    const changed = policyReference([{ ...presets.uphf, min: 14, special: false, history: 2 }])
    expect(changed).toContain('14 to 30 characters')
    expect(changed).toContain('the last 2 passwords')
    expect(changed).not.toContain('**special**')
  })

  it('states the number of entries and the false-positive rate of each list', () => {
    const page = policyReference([], [{ name: 'shipped', entries: 242805, falsePositiveRate: 1e-6 }])
    expect(page).toContain('242,805 entries; one in 1,000,000')
  })
})
