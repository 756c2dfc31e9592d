import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './root.ts'

/** Modules of this folder that start no server. */
const harmless = ['root', 'start-command', 'limits', 'seeded-random', 'clock', 'people']

/** Does this test file start a server, a browser or a portal, or import a module that may? */
const startsSomething = (file: string) => {
  const source = readFileSync(join(root, file), 'utf8')
  const worlds = [...source.matchAll(/from '[^']*\/world\/([\w-]+)\.ts'/g)].map(([, name]) => name ?? '')
  return (
    /^test\/\w+\//.test(file) ||
    source.includes("'playwright-core'") ||
    worlds.some(name => !harmless.includes(name))
  )
}

const all = globSync(['src/**/*.test.{ts,tsx}', 'test/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'], {
  cwd: root,
}).sort()

/** Test files that need no server, and the others. */
export const unitFiles = all.filter(file => !startsSomething(file))
export const worldFiles = all.filter(file => !unitFiles.includes(file))

/** The slowest files, the slowest first. The others are ordered by size. */
const longest = [
  'test/attack/attack-postgresql-1',
  'test/attack/attack-postgresql-2',
  'test/attack/attack-postgresql-3',
  'test/attack/mutants',
  'test/attack/attack-postgresql-4',
  'test/pages/every-page',
  'test/attack/attack-sqlite-1',
  'test/attack/attack-sqlite-2',
  'test/attack/kill',
  'test/attack/budgets',
  'test/journeys/forgotten-password',
  'test/services/processes',
  'test/journeys/refusals',
  'test/services/troubles',
  'test/journeys/navigation',
  'test/journeys/faults',
  'test/journeys/keyboard',
  'test/journeys/authentication-pathways',
  'test/journeys/several',
  'test/journeys/restart',
  'test/services/real-troubles',
  'test/journeys/external-browser',
  'src/directory/ldap/ds389',
  'test/attack/refusals',
  'src/services/directory-account/directory-account',
  'test/journeys/messages',
  'test/journeys/limits',
  'test/commands',
  'test/journeys/activation',
].map(name => join(root, `${name}.test.ts`))

/**
 * Runs slow files first, so that no worker starts one at the end while the other is idle; then the others, project by project,
 * because a worker serves one project and ends with it. The order is the same in every run.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const place = ({ moduleId }: TestSpecification) => longest.indexOf(moduleId) + 1 || longest.length + 1
    const projects = [...new Set(files.map(({ project }) => project.name))]
    return files.toSorted(
      (a, b) =>
        place(a) - place(b) ||
        projects.indexOf(b.project.name) - projects.indexOf(a.project.name) ||
        statSync(b.moduleId).size - statSync(a.moduleId).size,
    )
  }
}
