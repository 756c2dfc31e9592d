// `npm run bench [name…]`: measures the built portal and prints one JSON line per figure, with its goal. It installs
// the real servers as `npm test` does. The sources run directly; only pages (TSX), which Node cannot load, are transpiled.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { build } from './build.mjs'
import { installServers } from './servers.mjs'

const jsx = { loader: 'tsx', jsx: 'automatic', jsxImportSource: 'preact', format: 'esm' }
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.tsx')
      ? {
          format: 'module',
          shortCircuit: true,
          source: transformSync(readFileSync(fileURLToPath(url), 'utf8'), jsx).code,
        }
      : next(url, context),
})

for (const { program, packages } of installServers())
  console.error(
    `Missing: ${program} (Debian: ${packages.join(' ')}). The figures that need it cannot be measured.`,
  )
await build()
const { run } = await import('../bench/bench.ts')
await run(process.argv.slice(2))
