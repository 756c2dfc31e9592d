import { sql } from 'kysely'
import { requireUnicode } from './encoding.ts'
import { migrate } from './migrate.ts'
import type { StoreObserver } from './observer.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

export type StoreLocation = { readonly file: string } | { readonly url: string }

/** Opens the store and applies its missing migrations. */
export const openStore = async (
  location: StoreLocation,
  options: { readonly migrations: string; readonly observer?: StoreObserver | undefined },
): Promise<Store> => {
  const { observer } = options
  const store =
    'url' in location ? openPostgres(location.url, observer) : openSqlite(location.file, { observer })
  try {
    if ('url' in location) {
      const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(store.read)
      requireUnicode(rows[0]?.server_encoding ?? '')
    }
    await migrate(store, options.migrations)
    return store
  } catch (fault) {
    await store.close()
    throw fault
  }
}
