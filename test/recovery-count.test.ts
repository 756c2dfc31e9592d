import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { countRecoveries } from '../src/commands/recovery-count.ts'
import type { Directory } from '../src/directory/directory.ts'
import { availableProofs, createProofPolicy } from '../src/proofs/policy/policy.ts'
import { recoverySettings } from '../src/proofs/policy/settings.ts'
import { confirmContact } from './world/contacts.ts'
import { createCrowdVisitors } from './world/crowd-visitors.ts'
import { enrolPasskey, printSheet } from './world/factors.ts'
import { unlimited } from './world/limits.ts'
import { available, type PortalFixture, type PortalKind, startPortal } from './world/portal.ts'

const kinds: readonly PortalKind[] = [
  { directory: 'embedded', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
]

/** « of 7 people 2 can alone, 4 with a code of the helpdesk, 1 cannot (…) » */
const figuresIn = (lines: readonly string[], journey: string, population: string) => {
  const line = lines.find(one => one.startsWith(`recovery of the ${journey}, ${population} = `)) ?? ''
  const [, all, unaided, helpdesk, not, why = ''] =
    /of (\d+) people (\d+) can alone, (\d+) with a code of the helpdesk, (\d+) cannot(?: \((.+)\))?/.exec(
      line,
    ) ?? []
  return { all: Number(all), unaided: Number(unaided), helpdesk: Number(helpdesk), not: Number(not), why }
}

describe.each(kinds.filter(available))('how many people can recover, on $directory and $store', kind => {
  let fixture: PortalFixture
  beforeAll(async () => {
    fixture = await startPortal({ ...kind, crowd: 6, people: 20, config: { limits: unlimited } })
  })
  afterAll(() => fixture?.stop())
  const crowd = createCrowdVisitors(() => fixture)

  const count = async (
    settings: Parameters<typeof recoverySettings.parse>[0],
    {
      directory = fixture.application.directory,
      settled = true,
    }: { readonly directory?: Pick<Directory, 'everybody'>; readonly settled?: boolean } = {},
  ) => {
    const policy = createProofPolicy(recoverySettings.parse(settings), availableProofs({ messages: false }))
    const { store, limits } = fixture.application
    // A passkey and a sheet count once they prove.
    const clock = { ...systemClock, now: () => Date.now() + (settled ? limits.newContactDelay : 0) }
    return countRecoveries({ directory, policy, read: store.read, clock, limits })
  }

  it('follows what they have in place, by journey and population', async () => {
    const before = figuresIn(await count({ preset: 'renforce' }), 'password', 'staff')
    expect(before).toMatchObject({ unaided: 0 })
    expect(before.helpdesk).toBeGreaterThanOrEqual(6)
    const [contact, passkey, sheet] = [crowd.nextMember(), crowd.nextMember(), crowd.nextMember()]
    await confirmContact(fixture, contact, 'secours@maison.example')
    await enrolPasskey(await crowd.signedIn(passkey), fixture.url)
    await printSheet(await crowd.signedIn(sheet))
    const young = figuresIn(await count({ preset: 'renforce' }, { settled: false }), 'password', 'staff')
    expect(young).toMatchObject({ unaided: 1 })
    const after = figuresIn(await count({ preset: 'renforce' }), 'password', 'staff')
    expect(after).toEqual({ ...before, unaided: 3, helpdesk: before.helpdesk - 3 })
    const aal2 = figuresIn(await count({ preset: 'nist-aal2' }), 'password', 'staff')
    expect(aal2).toEqual(before)
    await confirmContact(fixture, sheet, 'feuille@maison.example')
    const both = figuresIn(await count({ preset: 'nist-aal2' }), 'identifier', 'staff')
    expect(both).toMatchObject({ unaided: 1 })
  })

  it('counts who has too little where the helpdesk is no proof', async () => {
    const found = figuresIn(await count({ password: { staff: ['recovery-code'] } }), 'password', 'staff')
    expect(found).toMatchObject({ unaided: 1, helpdesk: 0 })
    expect(found.why).toContain('without the proofs that the policy asks for')
    const jokers = figuresIn(await count({}), 'password', 'staff')
    expect(jokers.unaided).toBeGreaterThanOrEqual(6)
  })

  it('counts each person once, apart who recovers nothing here, and who cannot be identified', async () => {
    const [id, other] = ['a', 'b'].map(name => `${name}-counted` as never)
    const one = { privileged: false, closed: false, isFindable: true } as const
    const pages = [
      [{ ...one, id: id as never, populations: ['staff'] as const, isFindable: false }],
      [
        { ...one, id: id as never, populations: ['student'] as const, isFindable: false },
        { ...one, id: other as never, populations: ['student'] as const, privileged: true },
        { ...one, id: 'c' as never, populations: ['student'] as const, closed: 'by-record' as const },
      ],
    ]
    const everybody: Directory['everybody'] = async add => {
      for (const page of pages) add(page)
      return { ok: true, endedBy: 'The server ended the search.' }
    }
    const lines = await count({}, { directory: { everybody } })
    expect(lines[0]).toBe(
      'people = 3 in the directory, of whom 1 closed and 1 privileged recover nothing here; the reading ended before everybody was read: The server ended the search.',
    )
    for (const population of ['staff', 'student'])
      expect(figuresIn(lines, 'password', population)).toMatchObject({
        all: 1,
        not: 1,
        why: '1 without a date of birth or a number that the portal reads',
      })
  })

  it('says so where the directory does not answer', async () => {
    const everybody: Directory['everybody'] = async () => ({ ok: false, reason: 'directory-unavailable' })
    expect(await count({}, { directory: { everybody } })).toEqual([
      'people = not counted: the directory does not answer',
    ])
  })
})
