// Writes `docs/reference/long-tests.md`: when, where and in how many seconds each long test file last ran. CI does not run
// them, so a reader could not know otherwise whether anybody does.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, relative } from 'node:path'

const head = `# Long tests

Written by \`npm run test:long\`: the last run of each test file that is too slow for \`npm test\`. A file that is run alone
(\`npm run test:long -- FILE\`) replaces its own line only.

| test file | passed | failed | seconds | ran |
|---|---|---|---|---|
`

const where = () =>
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`

const rowOf = (root, { name, startTime, endTime, assertionResults, status }) => {
  const count = one => assertionResults.filter(result => result.status === one).length
  // A file that could not be loaded has no tests: it counts as one failure, as in the last line of a run.
  const failed = count('failed') || (status === 'failed' ? 1 : 0)
  const seconds = Math.round((endTime - startTime) / 1000)
  return [relative(root, name), count('passed'), failed, seconds, where()]
}

/** @param results the report of Vitest's JSON reporter, of which only the long files are recorded. */
export const recordLongTests = (root, results) => {
  const file = join(root, 'docs/reference/long-tests.md')
  const written = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const rows = new Map(
    written.split('\n').flatMap(line => {
      const name = /^\| (\S+\.long\.ts) \|/.exec(line)?.[1]
      return name && existsSync(join(root, name)) ? [[name, line]] : []
    }),
  )
  for (const result of results.testResults) {
    const [name, ...rest] = rowOf(root, result)
    if (name.endsWith('.long.ts')) rows.set(name, `| ${[name, ...rest].join(' | ')} |`)
  }
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
  writeFileSync(file, `${head}${sorted.join('\n')}\n`)
}
