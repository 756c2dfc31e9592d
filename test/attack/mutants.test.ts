import { afterEach, expect, it } from 'vitest'
import { hunter } from './explorer.ts'
import { mutants } from './mutants.ts'
import { mutantPortal } from './portals.ts'

const { hunt, close } = hunter()
afterEach(close)

it.each(mutants)('the attack finds out when $name', { timeout: 600_000 }, async mutant => {
  const told = await hunt(await mutantPortal(mutant), 'SQLite', {
    numRuns: 1000,
    seed: 1,
    where: mutant.where,
  })
  expect(told.failed).toBe(true)
  expect(String(told.errorInstance)).toMatch(/without a proof|after the last try/)
})
