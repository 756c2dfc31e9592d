import { expect, it } from 'vitest'
import type { Attempt } from './attempts.ts'
import { acceptedWrite } from './barriers.ts'

const verification = { writtenAt: 5, verifiedAt: 5 }

it.each([
  ['reset', ['joker'], true],
  ['reset', ['passkey'], false],
  ['reset', ['passkey', 'joker'], true],
  ['reset', ['mail-code', 'passkey'], false],
  ['activation', ['activation-code'], true],
  ['change', [], false],
  ['freeze', [], false],
] as const)('a %s that proved %j, the last first, is followed by a hold: %s', (kind, proved, isHeld) => {
  const { recoveredAt } = acceptedWrite({ kind } as unknown as Attempt, new Set(proved), verification)
  expect(recoveredAt).toBe(isHeld ? 5 : undefined)
})
