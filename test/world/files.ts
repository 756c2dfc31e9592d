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

/** Slow files, with their seconds in a whole run on two cores. Some keep a core at work; the others mostly wait for a clock or a server. */
const working: Readonly<Record<string, number>> = {
  'test/attack/mutants': 195,
  'test/pages/every-page': 200,
  'test/attack/attack-postgresql-1': 160,
  'test/attack/attack-postgresql-2': 160,
  'test/attack/attack-postgresql-3': 160,
  'test/attack/attack-postgresql-4': 160,
  'test/attack/attack-sqlite-1': 120,
  'test/attack/attack-sqlite-2': 120,
  'test/journeys/forgotten-password': 90,
  'test/journeys/refusals': 80,
  'test/journeys/navigation': 33,
  'test/attack/recovery-refusals': 45,
  'test/attack/refusals': 40,
  'test/journeys/activation': 28,
  'test/help/guide': 25,
  'test/journeys/authentication-pathways': 24,
  'test/journeys/keyboard': 22,
  'test/pages/spoken': 22,
  'test/attack/budgets': 21,
  'test/attack/factor-refusals': 20,
}
const waiting: Readonly<Record<string, number>> = {
  'test/root-key-rotation': 131,
  'test/attack/kill': 85,
  'test/services/troubles': 84,
  'test/commands': 67,
  'test/services/processes': 56,
  'test/services/real-troubles': 46,
  'test/journeys/faults': 40,
  'test/journeys/audit': 38,
  'src/directory/ldap/ds389': 38,
  'test/journeys/limits': 36,
  'test/store-unavailable': 35,
  'test/journeys/messages': 33,
  'src/services/directory-account/directory-account': 31,
  'test/root-key': 26,
  'src/root-keys/rotation': 25,
  'test/journeys/external-browser': 25,
  'test/start': 24,
  'test/journeys/restart': 24,
  'test/journeys/external-sessions': 23,
  'src/directory/ldap/check-history': 22,
  'test/journeys/several': 20,
}

/** Both lists in one, each at the pace of its seconds: those that wait leave the cores to those that work. */
const interleave = (...lists: readonly Readonly<Record<string, number>>[]) =>
  lists
    .flatMap(list => {
      const total = Object.values(list).reduce((sum, seconds) => sum + seconds, 0)
      let before = 0
      return Object.entries(list).map(([name, seconds]) => {
        const at = before / total
        before += seconds
        return { name, at }
      })
    })
    .toSorted((a, b) => a.at - b.at)
    .map(({ name }) => name)

const slow = interleave(working, waiting).map(name => join(root, `${name}.test.ts`))

/**
 * Runs slow files first, so that no worker starts one at the end while the others are idle; then the rest, project by project,
 * because a worker serves one project and ends with it, and by size. The order is the same in every run.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const place = ({ moduleId }: TestSpecification) => slow.indexOf(moduleId) + 1 || slow.length + 1
    const projects = [...new Set(files.map(({ project }) => project.name))]
    return files.toSorted(
      (a, b) =>
        place(a) - place(b) ||
        projects.indexOf(b.project.name) - projects.indexOf(a.project.name) ||
        statSync(b.moduleId).size - statSync(a.moduleId).size,
    )
  }
}
