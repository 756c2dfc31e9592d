// `npm run reference`: writes the pages of docs/reference/ that are generated from the code.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'docs', 'reference')

await build()
const { referencePages } = await import('../src/reference.ts')
const { openLeaked } = await import('../src/password/leaked/leaked.ts')
const leaked = openLeaked({ shipped: join(root, 'dist', 'leaked-shipped.filter'), institutionWords: [] })
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(referencePages(leaked.facts))) {
  writeFileSync(join(folder, name), text)
  console.log(`docs/reference/${name}`)
}
leaked.close()
