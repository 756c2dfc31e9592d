import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './world/root.ts'

const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map(name => `src/${name}`)
const sourceOf = (file: string) => readFileSync(join(root, file), 'utf8')

/** The files that import from this folder, but for those within it. */
const importersOf = (folder: string) =>
  files.filter(
    file =>
      !file.startsWith(folder) &&
      [...sourceOf(file).matchAll(/from '(\.[^']+)'/g)].some(([, to]) =>
        relative(root, normalize(join(root, dirname(file), to ?? ''))).startsWith(folder),
      ),
  )

/** The files that name a route or a table. */
const namersOf = (name: string) => files.filter(file => new RegExp(`\\b${name}\\b`).test(sourceOf(file)))

const rows = [...text.matchAll(/^\| ([^|]+) \| [^|]* \| ([^|]+) \| `([^`|]+)` \|$/gm)].map(
  ([, what = '', touched = '', example = '']) => ({
    what,
    touched: [...touched.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
    example,
  }),
)

describe('the document of the architecture', () => {
  it('names every folder of the product', () => {
    const folders = [...new Set(files.map(file => file.split('/')))]
      .filter(parts => parts.length > 2)
      .map(parts => parts[1] ?? '')
    const missing = [...new Set(folders)].filter(folder => !text.includes(`\`${folder}/\``))
    expect(missing).toEqual([])
  })

  it('names files and functions that exist', () => {
    const named = [...text.matchAll(/`((?:src|test|docs|migrations)\/[\w./-]+|[\w/-]+\.tsx?)`/g)].map(
      ([, path = '']) => path,
    )
    const missing = named.filter(
      path => !/^x\./.test(path) && !existsSync(join(root, path)) && !existsSync(join(root, 'src', path)),
    )
    // `settings.ts` stands for the file of that name in each folder.
    expect(missing.filter(path => path !== 'settings.ts')).toEqual([])
    const declared = files.map(sourceOf).join('\n')
    const functions = [...text.matchAll(/`((?:create|build|register|refuse|judge|static)[A-Z]\w+)`/g)].map(
      ([, name = '']) => name,
    )
    expect(functions.length).toBeGreaterThan(20)
    expect(functions.filter(name => !new RegExp(`(const|function) ${name}\\b`).test(declared))).toEqual([])
  })

  it.each(rows)('says all that touches a new $what', ({ touched, example }) => {
    const others = example.startsWith('src/') ? importersOf(example) : namersOf(example)
    expect(others.length).toBeGreaterThan(0)
    const unsaid = others.filter(file => !touched.some(path => file.startsWith(path)))
    expect(unsaid).toEqual([])
  })

  it('has such lines', () => {
    // A setting alone has no example: it is one line of a schema.
    expect(rows.length).toBe(9)
  })
})
