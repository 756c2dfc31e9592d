import { type Clock, seconds } from '../../clock.ts'
import type { Receipts } from '../../services/receipt/receipt.ts'

/** Waits up to 900 ms for a fresh receipt to settle: most services answer before a person could read « en cours ». */
export const awaitOutcome = async (
  deps: { readonly clock: Clock; readonly receipts: Receipts },
  handle: string,
) => {
  const until = deps.clock.now() + 900
  for (;;) {
    const receipt = await deps.receipts.find(handle)
    const isPending = receipt?.statuses.some(({ state }) => state === 'waiting' || state === 'written')
    const isFresh = receipt && deps.clock.now() - receipt.writtenAt < seconds(5)
    if (!(isPending && isFresh) || deps.clock.now() > until) return receipt
    await deps.clock.sleep(75)
  }
}
