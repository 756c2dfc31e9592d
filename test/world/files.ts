import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './root.ts'

/** What of this folder starts nothing. */
const harmless = ['root', 'start-command', 'limits', 'seeded-random', 'clock', 'people']

/** It starts a server, a browser or a portal, or what it imports of the tests may. */
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

/** What needs no server, and the rest. */
export const unitFiles = all.filter(file => !startsSomething(file))
export const worldFiles = all.filter(file => !unitFiles.includes(file))

/** Those that last long, the longest first; of others the larger are taken for the longer. */
const longest = [
  'test/attack/attack-postgresql',
  'test/attack/mutants',
  'test/pages/every-page',
  'test/attack/kill',
  'test/attack/attack-sqlite',
  'test/attack/budgets',
  'test/journeys/forgotten-password',
  'test/services/processes',
  'test/journeys/refusals',
  'test/services/troubles',
  'test/journeys/navigation',
  'test/journeys/faults',
  'test/journeys/keyboard',
  'test/journeys/ways-in',
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

/** A worker that begins a long file last keeps the other waiting. The order is the same in every run. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const place = ({ moduleId }: TestSpecification) => longest.indexOf(moduleId) + 1 || longest.length + 1
    return files.toSorted(
      (a, b) => place(a) - place(b) || statSync(b.moduleId).size - statSync(a.moduleId).size,
    )
  }
}
