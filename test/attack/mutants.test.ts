import { afterEach, expect, it } from 'vitest'
import { hunter } from './hunter.ts'
import { mutantPortal, mutants } from './mutants.ts'

const { hunt, close } = hunter()
afterEach(close)

it.each(mutants)('the attack finds out when $name', { timeout: 600_000 }, async mutant => {
  const told = await hunt(await mutantPortal(mutant), 'SQLite', 2000)
  expect(told.failed).toBe(true)
  expect(String(told.errorInstance)).toMatch(/without a proof|after the last try/)
})
