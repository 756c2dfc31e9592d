import type { Store } from '../../src/store/store.ts'
import { readServerLog } from './server-log.ts'

/**
 * The deadlocks that PostgreSQL has broken in the database of this store, each with the statements that waited for one another.
 * Each costs about a second, and a stranger who can cause deadlocks makes others wait.
 */
export const findDeadlocks = async (store: Store): Promise<readonly string[]> => {
  if (store.flavour !== 'postgres') return []
  const entries = await readServerLog(store)
  return entries.flatMap(({ process, text }, nth) => {
    if (!text.startsWith('ERROR:  deadlock detected')) return []
    // What a process says of one error are the entries that follow.
    const said = entries.slice(nth).filter(entry => entry.process === process)
    return [
      said
        .slice(0, 5)
        .map(entry => entry.text)
        .join('\n'),
    ]
  })
}
