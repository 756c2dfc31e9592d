import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../world/portal.ts'
import { createPolicyExplorer } from './policy-explorer.ts'
import { policyOf } from './policy-sequences.ts'
import { buildPortal } from './portals.ts'

/** Each shard has its own policy: the same ones in every run. `SEED=<number>` draws others. */
const shards = [
  { store: 'SQLite', seed: 1 },
  { store: 'PostgreSQL', seed: 4 },
] as const
const drawn = Number(process.env.SEED ?? 0)
const sequences = 20

describe.each(shards.filter(({ store }) => available({ directory: 'embedded', store })))(
  'whatever is chosen, switched, asked for again or sent twice, on $store, under policy $seed',
  ({ store, seed }) => {
    const { explore, close } = createPolicyExplorer()
    afterEach(close)

    it('nothing is proved but by a right answer of the journey, and no password is written with less than is asked for', {
      timeout: 600_000,
    }, async () => {
      const policy = policyOf(seed + drawn)
      const result = await explore(await buildPortal(), store, {
        policy,
        numRuns: sequences,
        seed: seed + drawn,
      })
      console.log(
        `policy ${JSON.stringify(policy)} on ${store}: ${result.requests} requests, ${result.written} written`,
      )
      expect(result.failed, `${result.errorInstance} ${JSON.stringify(result.counterexample)}`).toBe(false)
      expect(result.sequences).toBe(sequences)
      expect(result.written).toBeGreaterThan(0)
    })
  },
)
