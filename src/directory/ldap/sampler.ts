import type { Entry } from './attributes.ts'
import type { ConnectionPool } from './connection-pool.ts'

/** Large enough to be representative, small enough for the size limit of any server. */
const sampleSize = 500

export const populationNames = ['student', 'staff', 'external'] as const

/** Returns a function that reads a sample of the entries that match a filter. */
export const createSampler =
  (connectionPool: ConnectionPool) =>
  (base: string, filter: string, attributes: string[]): Promise<Entry[]> =>
    connectionPool.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: sampleSize }))
          .searchEntries as Entry[],
      { retry: true },
    )
