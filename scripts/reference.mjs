// `npm run reference`: writes the pages of docs/reference/ that are generated from the code, the lists and the drawing of
// docs/dossier/, and the typography of the French documents.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'docs', 'reference')

await build()
const { referencePages } = await import('../src/reference.ts')
const { openLeaked } = await import('../src/password/leaked/leaked.ts')
const leaked = openLeaked({ shipped: join(root, 'dist', 'leaked-shipped.filter'), institutionWords: [] })
mkdirSync(join(folder, 'fr'), { recursive: true })
for (const [name, text] of Object.entries(referencePages(leaked.facts))) {
  writeFileSync(join(folder, name), text)
  console.log(`docs/reference/${name}`)
}
leaked.close()

const { generatedDossier } = await import('../src/dossier/documents.ts')
const { typesetDocument } = await import('../src/french-document.ts')
for (const [name, text] of Object.entries(generatedDossier(join(root, 'docs', 'dossier')))) {
  writeFileSync(join(root, 'docs', 'dossier', name), text)
  console.log(`docs/dossier/${name}`)
}
const french = join(root, 'docs', 'operate', 'fr')
const pages = readdirSync(french, { recursive: true, encoding: 'utf8' }).filter(page => page.endsWith('.md'))
for (const name of pages)
  writeFileSync(join(french, name), typesetDocument(readFileSync(join(french, name), 'utf8')))
