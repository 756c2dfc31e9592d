import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../world/portal.ts'
import { hunter } from './hunter.ts'
import { soundPortal } from './mutants.ts'

const sequences = 1000

describe.skipIf(!available({ directory: 'embedded', store: 'SQLite' }))(
  'whatever is sent, in whatever order, on SQLite',
  () => {
    const { hunt, close } = hunter()
    afterEach(close)

    it('nothing is written, told, added or opened without what it asks for, in that browser', {
      timeout: 1_800_000,
    }, async () => {
      const told = await hunt(await soundPortal(), 'SQLite', sequences)
      console.log(
        `attack on SQLite: seed ${told.seed}, ${told.sequences} sequences, ${told.requests} requests`,
      )
      expect(told.failed, `${told.errorInstance} ${JSON.stringify(told.counterexample)}`).toBe(false)
      expect(told.sequences).toBe(sequences)
      expect(told.fewest).toBeGreaterThanOrEqual(30)
    })
  },
)
