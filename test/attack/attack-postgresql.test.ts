import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../world/portal.ts'
import { createExplorer } from './explorer.ts'
import { buildPortal } from './portals.ts'

const sequences = 2000
/** The same sequences in every run: what turns red is of the change at hand. `npm run attack` draws others. */
const seed = 746_546_521

describe.skipIf(!available({ directory: 'embedded', store: 'PostgreSQL' }))(
  'whatever is sent, in whatever order, on PostgreSQL',
  () => {
    const { explore, close } = createExplorer()
    afterEach(close)

    it('nothing is written, shown, added or opened without its proof in the same browser', {
      timeout: 1_800_000,
    }, async () => {
      const result = await explore(await buildPortal(), 'PostgreSQL', { numRuns: sequences, seed })
      console.log(
        `attack on PostgreSQL: seed ${result.seed}, ${result.sequences} sequences, ${result.requests} requests`,
      )
      expect(result.failed, `${result.errorInstance} ${JSON.stringify(result.counterexample)}`).toBe(false)
      expect(result.deadlocks).toBe(0)
      expect(result.sequences).toBe(sequences)
      expect(result.fewest).toBeGreaterThanOrEqual(30)
    })
  },
)
