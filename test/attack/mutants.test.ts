import { afterEach, beforeAll, expect, it } from 'vitest'
import { createExplorer } from './explorer.ts'
import { mutants } from './mutants.ts'
import { buildMutants, checkMutant, mutantVariable } from './portals.ts'

const { explore, close } = createExplorer()
let script: string
beforeAll(async () => {
  script = await buildMutants()
})
afterEach(close)

it.each(mutants)('the attack finds out when $name', { timeout: 600_000 }, async mutant => {
  checkMutant(mutant)
  const result = await explore(script, 'SQLite', {
    env: { [mutantVariable]: String(mutants.indexOf(mutant)) },
    numRuns: 1000,
    seed: 1,
    where: mutant.where,
  })
  expect(result.failed).toBe(true)
  expect(String(result.errorInstance)).toMatch(/without a proof|after the last try/)
})
