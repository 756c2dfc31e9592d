import { describe, expect, it } from 'vitest'
import { availableProofs, createProofPolicy } from './policy.ts'
import { policyProblems } from './policy-problems.ts'
import { recoverySettings } from './settings.ts'
import { policyLines, shortfallOf } from './shortfalls.ts'

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

describe('what the operator is told of a policy', () => {
  it('names the requirement below which it lies, and for whom', () => {
    expect(shortfallOf(settingsOf({}), available)).toMatch(/alone proves who people are; NIST .* ASVS 6.4.2/)
    const held = { student: ['recovery-code'], external: [['joker', 'held']] }
    const stronger = { password: held, identifier: held }
    expect(shortfallOf(settingsOf(stronger), available)).toContain('who people are of staff; NIST')
    const staff = { staff: ['held'] }
    const all = { password: { ...held, ...staff }, identifier: { ...held, ...staff } }
    expect(shortfallOf(settingsOf(all), available)).toBe(null)
  })

  it('says for each population by which proofs it recovers what', () => {
    const lines = policyLines(
      settingsOf({ password: { staff: [['joker', 'held'], 'recovery-code'] } }),
      available,
    )
    expect(lines).toContain('recovery of the password, staff = joker with recovery-code, or recovery-code')
    expect(lines).toContain('recovery of the identifier, external = joker')
    expect(lines).toHaveLength(6)
  })
})
