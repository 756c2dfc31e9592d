import type { Store, Tx } from '../../store/store.ts'

class NothingJudged extends Error {}

/**
 * The transaction that judges an answer and moves its journey. Where the work gives `null`, because another request claimed the
 * submission or the journey ended meanwhile, nothing of it is kept: a proof is not used up for a journey that does not move.
 */
export async function judgeInTransaction<T>(
  { store }: { readonly store: Store },
  work: (tx: Tx) => Promise<T | null>,
): Promise<T | null> {
  try {
    return await store.transaction(async tx => {
      const judged = await work(tx)
      if (judged === null) throw new NothingJudged()
      return judged
    })
  } catch (fault) {
    if (fault instanceof NothingJudged) return null
    throw fault
  }
}
