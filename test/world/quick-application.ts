import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createApplication } from '../../src/application.ts'
import type { Clock } from '../../src/clock.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { Directory } from '../../src/directory/directory.ts'
import { createEmbeddedDirectory } from '../../src/directory/embedded/embedded.ts'
import type { ServiceTarget } from '../../src/services/deliveries/targets.ts'
import type { Failpoints } from '../../src/services/source/source.ts'
import { root } from './root.ts'
import { migrations } from './stores.ts'

/** Cheap password hashes of an embedded directory, for tests with thousands of changes. */
export const quickPasswords = {
  hash: async (password: string) => createHash('sha256').update(password).digest('base64url'),
  verify: async (held: string, password: string) =>
    held === createHash('sha256').update(password).digest('base64url'),
}

/** An application without pages, with services that the test controls. */
export const quickApplication = (parts: {
  readonly folder: string
  readonly databaseUrl: string | undefined
  readonly clock: Clock
  readonly targets: readonly ServiceTarget[]
  readonly failpoints?: Failpoints
  /** An embedded directory without. */
  readonly directory?: Directory
}) => {
  const none = { configFile: undefined, port: undefined, databaseUrlFile: undefined, rootKeyFile: undefined }
  const loaded = loadSettings({ ...none, data: parts.folder, databaseUrl: parts.databaseUrl })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return createApplication(loaded.settings, {
    clock: parts.clock,
    ...(parts.failpoints && { failpoints: parts.failpoints }),
    directory: async ({ store }) =>
      parts.directory ?? createEmbeddedDirectory({ store, passwords: quickPasswords }),
    services: () => parts.targets,
    identityServer: async () => null,
    folders: { migrations, shippedFilter: join(root, 'dist', 'leaked-shipped.filter') },
  })
}
