// `npm test`: installs the real servers that the tests use, checks style, types and dead code, builds, and runs every
// suite. Its last line is the result. With CI=true a missing server stops the run before any test; elsewhere it is named, and
// the tests that need it are skipped. `npm run test:unit` runs the tests without servers; `npm run test:long` the slowest ones.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { recordLongTests } from './record-long-tests.mjs'
import { installServers } from './servers.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = name => join(root, 'node_modules', '.bin', name)

const run = (command, args, options = {}) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit', env: process.env, ...options }).status ?? 1

/** In CI a run without these servers is not worth its time: it stops here. */
const requireServers = projectNames => {
  const missing = installServers(projectNames)
  const required = process.env.CI === 'true'
  for (const { program, packages } of missing)
    console.log(
      `Missing: ${program} (Debian: ${packages.join(' ')}). ${required ? 'No test is run without it.' : 'Its tests are skipped.'}`,
    )
  if (!required || missing.length === 0) return
  console.log(`\n0 passed, ${missing.length} failed, 0 skipped`)
  process.exit(1)
}

/** Runs a step without showing anything, and gives its exit code and what it wrote. */
const runQuietly = async (command, args) => {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', part => written.push(part))
  const [status] = await once(child, 'close')
  return { status, output: Buffer.concat(written).toString() }
}

/** Runs the steps side by side, since none needs another; shows what each wrote once it has ended. */
const countSteps = async steps => {
  const statuses = await Promise.all(
    steps.map(async ([title, command, args]) => {
      const { status, output } = await runQuietly(command, args)
      process.stdout.write(output)
      console.log(`${status === 0 ? 'passed' : 'FAILED'}: ${title}`)
      return status
    }),
  )
  const failed = statuses.filter(status => status !== 0).length
  return { passed: steps.length - failed, failed }
}

const countSuites = (projectNames, files) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-test-'))
  const report = join(folder, 'report.json')
  const status = run(process.execPath, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...projectNames.map(project => `--project=${project}`),
    // The project `long` may have no test files.
    ...(projectNames.includes('long') ? ['--passWithNoTests'] : []),
    ...files,
  ])
  const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null
  rmSync(folder, { recursive: true, force: true })
  if (!results) return { passed: 0, failed: 1, skipped: 0 }
  if (projectNames.includes('long')) recordLongTests(root, results)
  // A test file that could not be loaded has no tests: it counts as one failure.
  const brokenFiles = results.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.every(one => one.status !== 'failed'),
  ).length
  const failed = results.numFailedTests + brokenFiles
  return {
    passed: results.numPassedTests,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  }
}

const cliArguments = process.argv.slice(2)
const requested = ['unit', 'long'].filter(project => cliArguments.includes(`--${project}`))
const only = cliArguments.filter(argument => !requested.includes(argument.slice(2)))
const projects = requested.length > 0 ? requested : ['unit', 'world', 'pseudo-locale', 'added-proof']
if (!projects.every(project => project === 'unit')) requireServers(projects)
await build()
const checks =
  only.length > 0 || requested.length > 0
    ? { passed: 0, failed: 0 }
    : await countSteps([
        ['the types hold', bin('tsc'), ['-p', '.']],
        ['the style is one', bin('biome'), ['ci', '.']],
        ['no code is dead', bin('knip'), []],
      ])
const suites = countSuites(projects, only)
const skippedFail = process.env.CI === 'true' && suites.skipped > 0 ? suites.skipped : 0
const failed = checks.failed + suites.failed + skippedFail
console.log(`\n${checks.passed + suites.passed} passed, ${failed} failed, ${suites.skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1
