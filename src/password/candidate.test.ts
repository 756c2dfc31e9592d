import { describe, expect, it } from 'vitest'
import type { BindResult, Directory, Person, PersonId } from '../directory/directory.ts'
import { noLockout } from '../directory/lockout.ts'
import type { BindBudget, CountedBind } from './bind-budget.ts'
import { checkCurrent } from './candidate.ts'

const person = { id: 'camille' as PersonId, login: 'clefevre' } as Person
const counted = { name: 'camille' } as unknown as CountedBind

const check = async (bound: BindResult) => {
  const settled: string[] = []
  const budget = {
    begin: async () => ({ ok: true, counted }),
    succeeded: async () => settled.push('succeeded'),
    refund: async () => settled.push('refunded'),
  } as unknown as BindBudget
  const directory = {
    findLogin: async () => ({ ok: true, person, lockout: noLockout }),
    bind: async () => bound,
  } as unknown as Directory
  const { isCurrent, failedBind } = await checkCurrent(
    { directory, budget },
    person,
    'n',
    'Tr0mbone&Cascade-3',
  )
  return { isCurrent, counts: failedBind !== null, settled }
}

describe('whether a candidate is the password in force', () => {
  it.each([
    ['a directory that accepts it', { ok: true }, { isCurrent: true, counts: false, settled: ['succeeded'] }],
    [
      'one that has let it expire',
      { ok: false, reason: 'password-expired' },
      { isCurrent: true, counts: false, settled: ['refunded'] },
    ],
    [
      'one that wants another',
      { ok: false, reason: 'must-change' },
      { isCurrent: true, counts: false, settled: ['refunded'] },
    ],
    [
      'one that calls it wrong',
      { ok: false, reason: 'wrong-password' },
      { isCurrent: false, counts: true, settled: [] },
    ],
    [
      'one that is away',
      { ok: false, reason: 'directory-unavailable' },
      { isCurrent: false, counts: false, settled: ['refunded'] },
    ],
  ] as const)('is told by %s', async (_, bound, expected) => {
    expect(await check(bound)).toEqual(expected)
  })
})
