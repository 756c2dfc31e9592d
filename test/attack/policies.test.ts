import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../world/portal.ts'
import { createPolicyExplorer } from './policy-explorer.ts'
import { policyOf } from './policy-sequences.ts'
import { buildPortal } from './portals.ts'

/** Each shard has its own policy, the same ones in every run. `SEED=<number>` draws others. */
const journeys = [
  { journey: 'password', seeds: { SQLite: [1, 2, 3], PostgreSQL: [4, 5] } },
  { journey: 'identifier', seeds: { SQLite: [7, 8], PostgreSQL: [10] } },
] as const
const drawn = Number(process.env.SEED ?? 0)
const sequences = 20

const shards = journeys.flatMap(({ journey, seeds }) =>
  (['SQLite', 'PostgreSQL'] as const).flatMap(store => seeds[store].map(seed => ({ journey, store, seed }))),
)

describe.each(shards.filter(({ store }) => available({ directory: 'embedded', store })))(
  'whatever is chosen, switched, asked for again or sent twice, in a recovery of the $journey on $store, under policy $seed',
  ({ journey, store, seed }) => {
    const { explore, close } = createPolicyExplorer()
    afterEach(close)

    it('nothing is proved but by a right answer of the journey, and nothing is written or shown with less than is asked for', {
      timeout: 600_000,
    }, async () => {
      const policy = policyOf(seed + drawn)
      const options = { policy, journey, numRuns: sequences, seed: seed + drawn }
      const result = await explore(await buildPortal(), store, options)
      console.log(
        `policy ${JSON.stringify(policy)} of the ${journey} on ${store}: ${result.requests} requests, ${result.ended} ended`,
      )
      expect(result.failed, `${result.errorInstance} ${JSON.stringify(result.counterexample)}`).toBe(false)
      expect(result.sequences).toBe(sequences)
      expect(result.ended).toBeGreaterThan(0)
    })
  },
)
