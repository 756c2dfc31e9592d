import { afterEach, beforeAll, expect, it } from 'vitest'
import { createExplorer } from './explorer.ts'
import { mutants } from './mutants.ts'
import { createPolicyExplorer } from './policy-explorer.ts'
import { buildMutants, checkMutant, type Mutant, mutantVariable } from './portals.ts'

const { explore, close } = createExplorer()
let script: string
beforeAll(async () => {
  script = await buildMutants()
})
const policies = createPolicyExplorer()
afterEach(close)
afterEach(policies.close)

/** Under each policy its mutants can be found. */
const policyOf = {
  policy: [['mail-code'], ['joker', 'recovery-code']],
  'policy-passkey': [['passkey'], ['joker', 'recovery-code']],
} as const

const attack = ({ where }: Mutant, env: Readonly<Record<string, string>>) =>
  where === 'policy' || where === 'policy-passkey'
    ? policies.explore(script, 'SQLite', {
        env,
        journey: 'password',
        policy: policyOf[where],
        numRuns: 200,
        seed: 1,
      })
    : explore(script, 'SQLite', { env, numRuns: 1000, seed: 1, where })

it.each(mutants)('the attack finds out when $name', { timeout: 600_000 }, async mutant => {
  checkMutant(mutant)
  const result = await attack(mutant, { [mutantVariable]: String(mutants.indexOf(mutant)) })
  expect(result.failed).toBe(true)
  expect(String(result.errorInstance)).toMatch(/without a proof|after the last try/)
})
