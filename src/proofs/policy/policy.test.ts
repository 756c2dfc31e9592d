import { describe, expect, it } from 'vitest'
import { availableProofs, createProofPolicy } from './policy.ts'
import { policyProblems } from './policy-problems.ts'
import { populations, presets } from './presets.ts'
import { isAsStrongAs, waysOf } from './requirement.ts'
import { recoverySettings } from './settings.ts'
import { policyLines, shortfallOf } from './shortfalls.ts'

const available = availableProofs({ messages: true })
const settingsOf = (written: unknown) => recoverySettings.parse(written)
const problemsOf = (written: unknown, among = available) => policyProblems(settingsOf(written), among)

describe('the policy of a preset', () => {
  const policy = createProofPolicy(settingsOf({}), available)
  const staff = { journey: 'password', populations: ['staff'] } as const

  it('« classique » asks for the joker, of everybody', () => {
    for (const own of [['student'], ['staff'], ['external'], ['staff', 'student']] as const) {
      expect(policy.offered({ journey: 'password', populations: own }, new Set())).toEqual(['joker'])
      expect(policy.isMet({ journey: 'identifier', populations: own }, new Set(['joker']))).toBe(true)
      expect(policy.isMet({ journey: 'password', populations: own }, new Set())).toBe(false)
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

/** What each preset lets somebody do, and what it does not: of whom, with which proofs. */
const cases = [
  ['renforce', 'student', ['mail-code'], true],
  ['renforce', 'student', ['sms-code'], true],
  ['renforce', 'external', ['recovery-code'], true],
  ['renforce', 'staff', ['mail-code'], true],
  ['renforce', 'staff', ['passkey'], true],
  ['renforce', 'staff', ['recovery-code'], true],
  ['renforce', 'staff', ['helpdesk-code'], true],
  ['nist-aal2', 'staff', ['helpdesk-code'], true],
  ['renforce', 'staff', ['sms-code'], false],
  ['renforce', 'staff', ['sms-code', 'joker'], false],
  ['renforce', 'student', ['joker'], false],
  ['renforce', 'external', ['joker', 'activation-code'], false],
  ['nist-aal2', 'student', ['recovery-code', 'mail-code'], true],
  ['nist-aal2', 'staff', ['recovery-code', 'sms-code'], true],
  ['nist-aal2', 'staff', ['passkey', 'mail-code'], true],
  ['nist-aal2', 'student', ['passkey', 'recovery-code'], true],
  ['nist-aal2', 'student', ['passkey'], false],
  ['nist-aal2', 'external', ['passkey', 'joker'], false],
  ['nist-aal2', 'student', ['recovery-code'], false],
  ['nist-aal2', 'staff', ['mail-code', 'sms-code'], false],
  ['nist-aal2', 'external', ['joker', 'mail-code'], false],
  ['nist-aal2', 'external', ['joker', 'recovery-code'], false],
] as const

describe.each(cases)('the preset %s asks of %s', (preset, population, proved, met) => {
  it(`${met ? 'no more' : 'more'} than ${proved.join(' and ')}, in each journey`, () => {
    const policy = createProofPolicy(settingsOf({ preset }), available)
    for (const journey of ['password', 'identifier'] as const)
      expect(policy.isMet({ journey, populations: [population] }, new Set(proved))).toBe(met)
  })
})

describe.each(['classique', 'renforce', 'nist-aal2'] as const)('the preset %s', preset => {
  it.each([true, false])('meets its own minimum, and can be met, with text messages: %s', messages => {
    const among = availableProofs({ messages })
    expect(problemsOf({ preset }, among)).toEqual([])
    for (const population of populations) {
      const { asks, minimum } = presets[preset]
      expect(isAsStrongAs(asks(population), minimum(population), among)).toBe(true)
      expect(waysOf(asks(population), among).length).toBeGreaterThan(0)
    }
  })

  it('is refused where nobody could meet it', () => {
    const problems = problemsOf({ preset }, new Set(['activation-code']))
    expect(problems).toMatchObject([
      { path: 'recovery.preset', sentence: expect.stringContaining('cannot ask for') },
    ])
  })
})

describe('what lies below a preset', () => {
  it.each([
    ['renforce', { password: { student: ['joker'] } }],
    ['renforce', { password: { student: ['mail-code', 'joker'] } }],
    ['renforce', { identifier: { external: ['known'] } }],
    ['renforce', { password: { staff: [['joker', 'sms-code']] } }],
    ['renforce', { password: { staff: ['sent'] } }],
    ['nist-aal2', { password: { staff: ['mail-code'] } }],
    ['nist-aal2', { identifier: { student: [['joker', 'recovery-code']] } }],
  ] as const)('%s: %j is refused at start', (preset, written) => {
    expect(problemsOf({ preset, ...written })).toMatchObject([
      { sentence: expect.stringContaining(`weaker than \`${preset}\``) },
    ])
  })

  it.each([
    ['renforce', { password: { staff: [['joker', 'mail-code']], student: [['joker', 'sms-code'], 'held'] } }],
    ['nist-aal2', { password: { staff: [['joker', 'recovery-code', 'mail-code']] } }],
  ] as const)('%s: %j only adds to it', (preset, written) => {
    expect(problemsOf({ preset, ...written })).toEqual([])
  })

  it('a text message alone, for staff, whatever the preset', () => {
    for (const staff of [['sms-code'], ['sent']])
      expect(problemsOf({ password: { staff } })).toMatchObject([
        { sentence: expect.stringContaining('not enough for staff') },
      ])
    expect(problemsOf({ password: { student: ['sms-code'] } })).toEqual([])
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
    for (const preset of ['renforce', 'nist-aal2'])
      expect(shortfallOf(settingsOf({ preset }), available)).toBe(null)
  })

  it('says for each population by which proofs it recovers what', () => {
    const lines = policyLines(
      settingsOf({ password: { staff: [['joker', 'held'], 'recovery-code'] } }),
      available,
    )
    expect(lines).toContain(
      'recovery of the password, staff = joker with passkey, or joker with recovery-code, or recovery-code',
    )
    expect(lines).toContain('recovery of the identifier, external = joker')
    expect(lines).toHaveLength(6)
  })
})
