import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import type { Store } from '../../src/store/store.ts'
import { logOf } from './postgres.ts'

/** `transaction`: of the server's process and its transaction. `text`: with its level, such as `ERROR:  deadlock detected`. */
export type LogEntry = { readonly process: string; readonly transaction: string; readonly text: string }

/** The entries in the log of the server of this store that concern its database, in their order. */
export const readServerLog = async (store: Store): Promise<readonly LogEntry[]> => {
  const { rows } = await sql<{ database: string; folder: string }>`
    select current_database() as database, current_setting('unix_socket_directories') as folder`.execute(
    store.read,
  )
  const [server] = rows
  if (!server) throw new Error('PostgreSQL does not say which database this is')
  // An entry is its first line and those that begin with a tab.
  const entries = readFileSync(logOf(server.folder), 'utf8').split(/\n(?!\t)/)
  return entries.flatMap(entry => {
    const [, database, process = '', transaction = '', text = ''] =
      /^(\S*) (\d+) (\S*)\|([\s\S]*)/.exec(entry) ?? []
    return database === server.database ? [{ process, transaction, text }] : []
  })
}
