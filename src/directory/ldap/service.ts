import { readSecret } from '../../operator-file.ts'
import { openConnectionPool } from './connection-pool.ts'
import type { ConnectionSettings } from './settings.ts'

/** Connections bound as the portal's own entry. */
export const openPortalConnections = (settings: ConnectionSettings) => {
  const password = readSecret(settings.passwordFile)
  return openConnectionPool(settings, async ({ client }) => client.bind(settings.bindDn, password))
}
