// `npm run code-figures [-- folder of a checkout]`: how large its files and functions are, how they depend on each other, what a
// typed password passes, what names a part of the product, and how many private words its names hold.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const own = dirname(dirname(fileURLToPath(import.meta.url)))
// Debian's Node reads no TypeScript: the shipped one does.
if (!process.features.typescript) {
  const node = join(own, 'node_modules', '.bin', 'node')
  process.exit(spawnSync(node, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1)
}
const { bannedIn, codeOf } = await import('../test/vocabulary.ts')
const { passwordPath } = await import('./password-path.mjs')
const { parseSync } = await import('oxc-parser')

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

/** Functions of the product with more than 60 lines from the first to the last, parameters and comments included. */
const longFromFirstToLast = () => {
  let count = 0
  for (const { path, text } of files) {
    if (!imports.has(path) || /contract\.ts$/.test(path)) continue
    const lineAt = offset => text.slice(0, offset).split('\n').length
    const visit = node => {
      if (node === null || typeof node !== 'object') return
      if (/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type ?? ''))
        if (lineAt(node.end) - lineAt(node.start) >= 60) count += 1
      for (const child of Object.values(node)) visit(child)
    }
    visit(parseSync(path, text).program)
  }
  return count
}

/** Imports between two folders that import each other. */
const folderOf = path => /^src\/([^/]+)\//.exec(path)?.[1]
const pairs = [...imports].flatMap(([from, targets]) =>
  [...targets].map(to => [folderOf(from), folderOf(to)]).filter(([a, b]) => a && b && a !== b),
)
const both = new Set(pairs.map(pair => pair.join(' ')))
const siblings = pairs.filter(([a, b]) => both.has(`${b} ${a}`))

/** Files of the product that name a part or import from its folder: what somebody who adds one like it has to look at. */
const isOfProduct = path => imports.has(path) && !path.startsWith('src/texts/')
const naming = name => files.filter(({ path, text }) => isOfProduct(path) && name.test(text)).length
const importing = folder =>
  [...imports].filter(([from, to]) => !from.startsWith(folder) && [...to].some(one => one.startsWith(folder)))
    .length
/** The files that the throw-away proof of the tests changes, besides its own folder. */
const addedTo = new Set(
  [
    ...(files.find(({ path }) => path === 'test/added-proof/additions.ts')?.text ?? '').matchAll(
      /file: '([^']+)'/g,
    ),
  ].map(([, file]) => file),
)
const password = passwordPath(files)

console.table({
  files: lines.length,
  'lines in all': lines.reduce((sum, count) => sum + count, 0),
  'median lines': at(0.5),
  'p90 lines': at(0.9),
  'longest file': at(1),
  'functions over 60 lines': longFunctions(),
  'from first to last line': longFromFirstToLast(),
  'files in circles of imports': inCircles.length,
  'imports between folders that import each other': siblings.length,
  'folders that a typed password visits': password.folders,
  'files that it visits': password.files,
  'files that it enters again': password.returned,
  'files that import a proof (printed codes)': importing('src/proofs/recovery-code/'),
  'files that one more proof changes': addedTo.size || 'no test',
  'files that name a step (activationMobile)': naming(/\bactivationMobile\b/),
  'files that import a directory': importing('src/directory/active-directory/') || 'not there',
  'files that import a service (webhook)': importing('src/services/webhook/'),
  'files that name a language (en)': naming(/'en'|\ben\.ts\b/),
  [`largest fan-out: ${fanOut[0]?.[1]}`]: fanOut[0]?.[0],
  [`next: ${fanOut[1]?.[1]}`]: fanOut[1]?.[0],
  'names with a private word': new Set(banned.map(({ name }) => name)).size,
  'declarations of them': banned.length,
})
