import type { Client, ResultCodeError, SearchOptions } from 'ldapts'
import type { Entry } from './attributes.ts'
import { isServerAnswer } from './connection-pool.ts'
import { isLimit } from './refusals.ts'

const pageSize = 500

/**
 * Reads every entry in pages. Returns the answer of a server that ended the reading at one of its limits, `null` where everything was
 * read. Where nothing was read before the limit, one search without pages gives something to look at, though not everybody.
 */
export const readInPages = async (
  client: Client,
  [base, options]: readonly [string, SearchOptions],
  add: (entries: readonly Entry[]) => void,
): Promise<ResultCodeError | null> => {
  let count = 0
  const counted = (entries: readonly unknown[]) => {
    count += entries.length
    add(entries as readonly Entry[])
  }
  try {
    for await (const page of client.searchPaginated(base, { ...options, paged: { pageSize } }))
      counted(page.searchEntries)
    return null
  } catch (fault) {
    if (!(isServerAnswer(fault) && isLimit(fault.code))) throw fault
    if (count === 0)
      await client.search(base, { ...options, sizeLimit: pageSize }).then(
        ({ searchEntries }) => counted(searchEntries),
        () => {},
      )
    return fault
  }
}
