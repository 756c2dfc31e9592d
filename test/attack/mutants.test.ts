import { afterEach, expect, it } from 'vitest'
import { createExplorer } from './explorer.ts'
import { mutants } from './mutants.ts'
import { buildMutant } from './portals.ts'

const { explore, close } = createExplorer()
afterEach(close)

it.each(mutants)('the attack finds out when $name', { timeout: 600_000 }, async mutant => {
  const result = await explore(await buildMutant(mutant), 'SQLite', {
    numRuns: 1000,
    seed: 1,
    where: mutant.where,
  })
  expect(result.failed).toBe(true)
  expect(String(result.errorInstance)).toMatch(/without a proof|after the last try/)
})
