import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import type { Store } from '../../src/store/store.ts'
import { logOf } from './postgres.ts'

/**
 * The deadlocks that PostgreSQL has broken in the database of this store, each with the statements that waited for one
 * another, from the log of the server. Each costs about a second, and a stranger who can cause deadlocks makes others wait.
 */
export const findDeadlocks = async (store: Store): Promise<readonly string[]> => {
  if (store.flavour !== 'postgres') return []
  const { rows } = await sql<{ database: string; folder: string }>`
    select current_database() as database, current_setting('unix_socket_directories') as folder`.execute(
    store.read,
  )
  const [server] = rows
  if (!server) throw new Error('PostgreSQL does not say which database this is')
  // An entry is its first line and those that begin with a tab. What a process says of one error are entries that follow.
  const entries = readFileSync(logOf(server.folder), 'utf8').split(/\n(?!\t)/)
  const ofServer = entries.filter(entry => entry.startsWith(`${server.database} `))
  return ofServer.flatMap((entry, nth) => {
    const [origin, message] = entry.split('|', 2)
    if (!message?.startsWith('ERROR:  deadlock detected')) return []
    const later = ofServer.slice(nth).filter(other => other.startsWith(`${origin}|`))
    return [later.slice(0, 5).join('\n')]
  })
}
