// `node scripts/code-figures.mjs [folder of a checkout]`: how large its files and functions are, how they depend on each
// other, and how many private words its names hold.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bannedIn, codeOf } from '../test/vocabulary.ts'

const own = dirname(dirname(fileURLToPath(import.meta.url)))
const root = resolve(process.argv[2] ?? own)
const files = codeOf(root)
const lines = files.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b)
const at = share => lines[Math.floor((lines.length - 1) * share)]
const banned = bannedIn(root)

/** The imports of the product's files, those of types included. */
const imports = new Map(
  files
    .filter(({ path }) => path.startsWith('src/') && !/\.test\.tsx?$/.test(path))
    .map(({ path, text }) => [
      path,
      new Set([...text.matchAll(/from '(\.[^']+)'/g)].map(([, to]) => normalize(join(dirname(path), to)))),
    ]),
)

const reaches = (from, goal) => {
  const seen = new Set()
  const open = [...(imports.get(from) ?? [])]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (file === goal) return true
    if (!seen.has(file)) open.push(...(imports.get(file) ?? []))
    seen.add(file)
  }
  return false
}
const inCircles = [...imports.keys()].filter(file => reaches(file, file))
const fanOut = [...imports].map(([file, to]) => [to.size, file]).sort(([a], [b]) => b - a)

/** Functions of the product with more lines than the linter of the style allows. */
const longFunctions = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-figures-'))
  const rule = { level: 'error', options: { maxLines: 60 } }
  const rules = { recommended: false, complexity: { noExcessiveLinesPerFunction: rule } }
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ linter: { rules } }))
  const biome = join(own, 'node_modules/@biomejs/biome/bin/biome')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'lint', `--config-path=${folder}`, '--max-diagnostics=500', '--reporter=json', join(root, 'src')],
    { encoding: 'utf8', maxBuffer: 1e8 },
  )
  rmSync(folder, { recursive: true })
  const { diagnostics } = JSON.parse(stdout || stderr)
  // The other diagnostics are of comments that suppress rules which this configuration leaves out.
  const places = diagnostics
    .filter(({ category }) => category.endsWith('noExcessiveLinesPerFunction'))
    .map(({ location }) => JSON.stringify(location))
  return places.filter(place => !/\.test\.tsx?|contract\.ts/.test(place)).length
}

console.table({
  files: lines.length,
  'lines in all': lines.reduce((sum, count) => sum + count, 0),
  'median lines': at(0.5),
  'p90 lines': at(0.9),
  'longest file': at(1),
  'functions over 60 lines': longFunctions(),
  'files in circles of imports': inCircles.length,
  [`largest fan-out: ${fanOut[0]?.[1]}`]: fanOut[0]?.[0],
  [`next: ${fanOut[1]?.[1]}`]: fanOut[1]?.[0],
  'names with a private word': new Set(banned.map(({ name }) => name)).size,
  'declarations of them': banned.length,
})
