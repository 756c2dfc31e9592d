// `node scripts/heading-font.mjs`: makes src/ui/fonts/headings.woff2, the letters of the headings, from the font Literata. It is
// committed, so that a build needs neither the font nor the tool; their exact versions are installed in a temporary folder.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const tools = ['@fontsource/literata@5.3.0', 'subset-font@2.9.0']
const folder = fileURLToPath(new URL('../src/ui/fonts/', import.meta.url))
const letters =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸàâäæçéèêëîïôöœùûüÿáãåìíñòóõøúýßÁÅÍÑÓÚØ'
const signs = ' !"\'(),-./0123456789:;?@%&+«»’‘“”–—…·°€\u00a0\u202f'

const work = mkdtempSync(join(tmpdir(), 'heading-font-'))
const installed = path => join(work, 'node_modules', path)
try {
  writeFileSync(join(work, 'package.json'), '{}')
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...tools], { cwd: work })
  const { default: subsetFont } = await import(pathToFileURL(installed('subset-font/index.js')).href)
  const whole = readFileSync(installed('@fontsource/literata/files/literata-latin-500-normal.woff2'))
  const subset = await subsetFont(whole, letters + signs, { targetFormat: 'woff2', noLayoutClosure: true })
  writeFileSync(join(folder, 'headings.woff2'), subset)
  copyFileSync(installed('@fontsource/literata/LICENSE'), join(folder, 'LICENSE'))
  console.log(`headings.woff2: ${subset.length} bytes`)
} finally {
  rmSync(work, { recursive: true })
}
