import { describe, expect, it } from 'vitest'
import { availableProofs, createProofPolicy } from './policy.ts'
import { policyProblems } from './policy-problems.ts'
import { recoverySettings } from './settings.ts'

const available = availableProofs({ messages: true })
const settingsOf = (written: unknown) => recoverySettings.parse(written)
const problemsOf = (written: unknown, among = available) => policyProblems(settingsOf(written), among)

describe('the policy of a preset', () => {
  const policy = createProofPolicy(settingsOf({}), available)
  const staff = { journey: 'password', populations: ['staff'] } as const

  it('« classique » asks for the joker, of everybody', () => {
    for (const populations of [['student'], ['staff'], ['external'], ['staff', 'student']] as const) {
      expect(policy.offered({ journey: 'password', populations }, new Set())).toEqual(['joker'])
      expect(policy.isMet({ journey: 'identifier', populations }, new Set(['joker']))).toBe(true)
      expect(policy.isMet({ journey: 'password', populations }, new Set())).toBe(false)
    }
    expect(problemsOf({})).toEqual([])
  })

  it('allows an activation by its code alone, and no recovery by it', () => {
    const code = new Set(['activation-code'])
    expect(policy.isMet({ journey: 'activation', populations: ['staff'] }, code)).toBe(true)
    expect(policy.isMet(staff, code)).toBe(false)
    expect(policy.isMet({ journey: 'activation', populations: ['staff'] }, new Set(['joker']))).toBe(false)
  })

  it('asks of somebody of no population what it asks of all', () => {
    expect(policy.isMet({ journey: 'password', populations: [] }, new Set())).toBe(false)
  })
})

describe('a policy in the settings', () => {
  it('is refused where the installation cannot ask for a proof that it names', () => {
    expect(problemsOf({ password: { staff: [['joker', 'held']] } }, new Set(['joker']))).toMatchObject([
      { path: 'recovery.password.staff', sentence: expect.stringContaining('`joker` and `held`') },
    ])
  })

  it('is refused where one proof would do for two of its items', () => {
    expect(problemsOf({ identifier: { student: [['joker', 'known']] } })).toMatchObject([
      { path: 'recovery.identifier.student', sentence: expect.stringContaining('alone would do for both') },
    ])
  })

  it.each([
    { password: { staff: [] } },
    { password: { staff: [[]] } },
    { password: { staff: ['question'] } },
    { password: { teachers: ['joker'] } },
    { preset: 'strict' },
  ])('is refused as %j', written => {
    expect(recoverySettings.safeParse(written).success).toBe(false)
  })
})
