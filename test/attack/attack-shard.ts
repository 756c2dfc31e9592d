import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../world/portal.ts'
import type { StoreFlavour } from '../world/stores.ts'
import { createExplorer, type Shard } from './explorer.ts'
import { buildPortal } from './portals.ts'

/** On each store, in every run. */
const sequences = 2000
/** The same sequences in every run: what turns red is of the change at hand. `npm run attack` draws others. */
const seed = 746_546_521

/**
 * The test of one shard of the sequences. Each shard is a test file with portals of its own: its processes wait for one
 * another most of the time, so shards that run side by side take little longer than one.
 */
export const testShard = (store: StoreFlavour, shard: Shard) =>
  describe.skipIf(!available({ directory: 'embedded', store }))(
    `whatever is sent, in whatever order, on ${store}, shard ${shard.nth} of ${shard.of}`,
    () => {
      const { explore, close } = createExplorer()
      afterEach(close)

      it('nothing is written, shown, added or opened without its proof in the same browser', {
        timeout: 1_800_000,
      }, async () => {
        const result = await explore(await buildPortal(), store, { numRuns: sequences, seed, shard })
        console.log(
          `attack on ${store}: seed ${result.seed}, ${result.sequences} sequences, ${result.requests} requests`,
        )
        expect(result.failed, `${result.errorInstance} ${JSON.stringify(result.counterexample)}`).toBe(false)
        expect(result.deadlocks).toEqual([])
        expect(result.lockOrders.faults).toEqual([])
        if (store === 'PostgreSQL') {
          expect(result.lockOrders.pairs).toBeGreaterThan(100)
          expect(result.lockOrders.tables).toBeGreaterThan(5)
        }
        expect(result.sequences).toBe(sequences / shard.of)
        expect(result.fewest).toBeGreaterThanOrEqual(30)
      })
    },
  )
