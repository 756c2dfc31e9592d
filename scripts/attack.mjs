// `npm run attack [-- --requests N] [--seed N] [--resume]`: sends a million random requests to complete portals, half of them
// on each store, and records the run in docs/reference/attack.md once it is finished. Progress is kept in
// `.cache/attack/`: a run that was killed continues with `--resume` and loses one batch at most.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { installServers } from './servers.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, '.cache', 'attack')
const runFile = join(folder, 'run.json')
const stores = ['SQLite', 'PostgreSQL']

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
    resume: { type: 'boolean', default: false },
  },
})

const newRun = () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const run = {
    seed: Number(values.seed ?? randomInt(2 ** 31)),
    requests: Number(values.requests),
    startedAt: new Date().toISOString(),
  }
  if (!Number.isSafeInteger(run.seed) || !(run.requests > 0))
    throw new Error('A seed and requests are numbers.')
  writeFileSync(runFile, JSON.stringify(run))
  return run
}

const progressOn = store => JSON.parse(readFileSync(join(folder, `${store}.json`), 'utf8'))
const findingsOn = store => {
  const file = join(folder, `${store}.findings.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
}
const summed = (all, name) => all.reduce((sum, done) => sum + (done[name] ?? 0), 0)
const grouped = count => count.toLocaleString('en-US')

/** The rows of what was found. Only a reader can say where the fault was: whoever mended it completes them. */
const foundOn = store => {
  const findings = findingsOn(store).map(({ requests, finding }) => [
    `${store}, after ${grouped(requests)} requests`,
    finding.replace('Error: ', ''),
    'to be completed: the portal or the model, and the commit',
  ])
  return findings.length > 0 ? findings : [[store, 'nothing', '']]
}

/** Writes `docs/reference/attack.md`: the last finished run. */
const record = ({ seed, startedAt }) => {
  const all = stores.map(progressOn)
  const rows = [
    ['started', startedAt.slice(0, 16).replace('T', ' ')],
    ['finished', new Date().toISOString().slice(0, 16).replace('T', ' ')],
    ['seed', String(seed)],
    ['requests', grouped(summed(all, 'requests'))],
    ['sequences', grouped(summed(all, 'sequences'))],
    ['policies of the proofs', grouped(summed(all, 'policies'))],
    ...stores.map((store, at) => [
      store,
      `${grouped(all[at].requests)} requests in ${grouped(all[at].sequences)} sequences, ${Math.round(all[at].milliseconds / 60_000)} min`,
    ]),
    ['on', `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`],
  ]
  const table = rows.map(([what, value]) => `| ${what} | ${value} |`).join('\n')
  const found = stores
    .flatMap(foundOn)
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
  writeFileSync(
    join(root, 'docs', 'reference', 'attack.md'),
    `# The long attack

Written by \`npm run attack\`: the last run that was finished. Random sequences of thirty requests and more, from two browsers to two
processes on one store, are compared with a model of the rules (\`test/attack/expectations.ts\`): the results of concurrent requests must be
explained by one order of them. Each fourth batch recovers passwords under a policy of the proofs that is drawn for it
(\`test/attack/policy-sequences.ts\`): no sequence may prove or write more than its right answers allow. The same with fewer sequences runs in every \`npm test\`.

| | |
|---|---|
${table}

What was found was mended before the run went on: in the portal, or in the model, where that expected too little or too much.

| found on | what | fault of |
|---|---|---|
${found}
`,
  )
  console.log(rows.map(([what, value]) => `${what}: ${value}`).join('\n'))
}

const missing = installServers().filter(({ program }) => program.includes('postgresql'))
if (missing.length > 0) {
  console.error('The long attack needs PostgreSQL: apt-get install postgresql')
  process.exit(1)
}
if (values.resume && !existsSync(runFile)) {
  console.error('No run was begun here: start one with « npm run attack ».')
  process.exit(1)
}
const run = values.resume ? JSON.parse(readFileSync(runFile, 'utf8')) : newRun()
console.log(`seed ${run.seed}, ${grouped(run.requests)} requests; what is done lies in ${folder}`)
await build()
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project=long', 'test/attack'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ATTACK_STATE: folder,
      ATTACK_SEED: String(run.seed),
      ATTACK_REQUESTS: String(Math.ceil(run.requests / stores.length)),
    },
  },
)
if (status === 0) record(run)
process.exitCode = status ?? 1
