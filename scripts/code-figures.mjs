// `node scripts/code-figures.mjs [folder of a checkout]`: how large its files are, and how many private words its names hold.
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bannedIn, codeOf } from '../test/vocabulary.ts'

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
const lines = codeOf(root)
  .map(({ text }) => text.split('\n').length - 1)
  .sort((a, b) => a - b)
const at = share => lines[Math.floor((lines.length - 1) * share)]
const banned = bannedIn(root)
console.table({
  files: lines.length,
  'lines in all': lines.reduce((sum, count) => sum + count, 0),
  'median lines': at(0.5),
  'p90 lines': at(0.9),
  'longest file': at(1),
  'names with a private word': new Set(banned.map(({ name }) => name)).size,
  'declarations of them': banned.length,
})
