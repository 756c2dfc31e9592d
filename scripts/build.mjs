// Bundles the portal into dist/: one file starts faster than a thousand. Needs the pinned version of Node, as all later steps.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const filesUnder = folder =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()

const digestOfSources = () => {
  const digest = createHash('sha256')
  for (const file of [
    ...filesUnder(join(root, 'src')),
    join(root, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ])
    digest.update(relative(root, file)).update(readFileSync(file))
  return digest.digest('hex')
}

/**
 * Builds into a folder of this tree if a source has changed since its last build; true when it did. The same sources give the same bytes in
 * any tree: no path of the machine is in them.
 */
export const build = async (dist = join(root, 'dist')) => {
  const stamp = join(dist, '.built')
  const digest = digestOfSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false
  const { build: bundle, stop } = await import('esbuild')
  mkdirSync(dist, { recursive: true })
  const shared = {
    bundle: true,
    minify: false,
    legalComments: 'none',
    absWorkingDir: root,
    logLevel: 'warning',
  }
  const browser = await bundle({
    ...shared,
    // Named in `ui/script-files.ts`.
    entryPoints: ['browser', 'passkey', 'live-password-rules', 'live-receipt', 'offer-passkeys'].map(
      script => `src/browser/${script}.ts`,
    ),
    outdir: dist,
    platform: 'browser',
    format: 'iife',
    minify: true,
    target: 'es2020',
    write: false,
  })
  const style = await bundle({ ...shared, entryPoints: ['src/ui/sesame.css'], minify: true, write: false })
  for (const { path, text } of browser.outputFiles) writeFileSync(path, text.trim())
  writeFileSync(join(dist, 'sesame.css'), style.outputFiles[0].text.trim())
  await bundle({
    ...shared,
    entryPoints: {
      main: 'src/main.ts',
      sesame: 'src/sesame.ts',
      'hash-worker': 'src/hashing/hash-worker.ts',
      'build-leaked': 'src/password/leaked/shipped.ts',
    },
    outdir: dist,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    splitting: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    external: ['@node-rs/argon2', 'pg-native', 'piscina', '@zxcvbn-ts/*', 'esbuild'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  cpSync(fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')), join(dist, 'letters.ttf'))
  cpSync(join(root, 'src', 'ui', 'fonts', 'headings.woff2'), join(dist, 'headings.woff2'))
  cpSync(join(root, 'src', 'ui', 'icons'), join(dist, 'icons'), { recursive: true })
  cpSync(join(root, 'src', 'help', 'pictures'), join(dist, 'pictures'), { recursive: true })
  const { buildShipped } = await import(join(dist, 'build-leaked.js'))
  await buildShipped(join(dist, 'leaked-shipped.filter'))
  await stop()
  writeFileSync(stamp, digest)
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
