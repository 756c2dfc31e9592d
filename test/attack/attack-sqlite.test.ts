import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../world/portal.ts'
import { hunter } from './explorer.ts'
import { soundPortal } from './portals.ts'

const sequences = 2000
/** The same sequences in every run: what turns red is of the change at hand. `npm run attack` draws others. */
const seed = 746_546_521

describe.skipIf(!available({ directory: 'embedded', store: 'SQLite' }))(
  'whatever is sent, in whatever order, on SQLite',
  () => {
    const { hunt, close } = hunter()
    afterEach(close)

    it('nothing is written, told, added or opened without what it asks for, in that browser', {
      timeout: 1_800_000,
    }, async () => {
      const told = await hunt(await soundPortal(), 'SQLite', { numRuns: sequences, seed })
      console.log(
        `attack on SQLite: seed ${told.seed}, ${told.sequences} sequences, ${told.requests} requests`,
      )
      expect(told.failed, `${told.errorInstance} ${JSON.stringify(told.counterexample)}`).toBe(false)
      expect(told.sequences).toBe(sequences)
      expect(told.fewest).toBeGreaterThanOrEqual(30)
    })
  },
)
