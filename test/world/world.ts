import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openStore, type StoreLocation } from '../../src/store/open.ts'
import { hasPostgres, makeMigrated, startPostgres } from './postgres.ts'
import { root } from './root.ts'
import { hasSambaAd } from './samba-ad.ts'
import { cachedDomain } from './samba-domain.ts'
import { createTemplateFolder, sqliteFile } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of a running PostgreSQL; empty when the machine has none. */
    postgres: string
  }
}

/** Global setup of tests that start servers: one PostgreSQL, and templates. Each test file starts its own directory. */
export default async (project: TestProject) => {
  if (hasSambaAd()) cachedDomain()
  const templates = createTemplateFolder()
  const migrate = async (where: StoreLocation) => {
    const store = await openStore(where, { migrations: join(root, 'migrations') })
    await store.close()
  }
  await migrate({ file: sqliteFile(templates.folder) })
  // By default each database is vacuumed every minute, and a run makes hundreds.
  const postgres = hasPostgres() ? await startPostgres(['autovacuum_naptime=10min']) : null
  if (postgres) await makeMigrated(postgres.url, url => migrate({ url }))
  project.provide('postgres', postgres?.url ?? '')
  return async () => {
    await postgres?.stop()
    templates.forget()
  }
}
