import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { root } from './root.ts'

/**
 * Bundles an entry file like the product, into `dist/`, where the hash worker is. Returns the path of the bundle. The file gets
 * its name once it is complete: another test file may start the same bundle meanwhile.
 */
export const bundle = async (entry: string, name: string, plugins: Plugin[] = []) => {
  const outfile = join(root, 'dist', name)
  const draft = `${outfile}.${process.pid}`
  await build({
    entryPoints: [join(root, entry)],
    outfile: draft,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
    plugins,
    external: ['@node-rs/argon2', 'pg-native', 'piscina', '@zxcvbn-ts/*', 'esbuild'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  renameSync(draft, outfile)
  return outfile
}
