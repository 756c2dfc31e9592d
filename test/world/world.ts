import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { openStore } from '../../src/store/open.ts'
import { hasPostgres, makeMigrated, startPostgres } from './postgres.ts'
import { hasSambaAd } from './samba-ad.ts'
import { keptDomain } from './samba-domain.ts'
import { templatesOfRun } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of a running PostgreSQL; empty when the machine has none. */
    postgres: string
  }
}

/** What all test files share: the built parts, and one PostgreSQL. Each file starts its own directory. */
export default async (project: TestProject) => {
  const root = join(fileURLToPath(import.meta.url), '..', '..', '..')
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' })
  if (hasSambaAd()) keptDomain()
  const forgetTemplates = templatesOfRun()
  const postgres = hasPostgres() ? await startPostgres() : null
  if (postgres)
    await makeMigrated(postgres.url, async url => {
      const store = await openStore({ url }, { migrations: join(root, 'migrations') })
      await store.close()
    })
  project.provide('postgres', postgres?.url ?? '')
  return async () => {
    await postgres?.stop()
    forgetTemplates()
  }
}
