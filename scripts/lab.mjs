// `npm run lab`: a rehearsal campus on this machine with real servers, until Ctrl-C.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { build } from './build.mjs'
import { installServers } from './servers.mjs'

const missing = installServers()
if (missing.length > 0) {
  console.error('The campus needs these servers, on Debian 12 and as root (a domain listens on fixed ports):')
  for (const { program, packages } of missing)
    console.error(`  ${program}: apt-get install ${packages.join(' ')}`)
  process.exit(1)
}
await build()
const { bundle } = await import('../test/world/bundle.ts')
/** The test servers read files from their own folder: `import.meta.dirname` keeps its value within the bundle. */
const keepDirnames = {
  name: 'keep-dirnames',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]test[/\\]world[/\\][^/\\]+\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    })),
}
const lab = await bundle('lab/lab.ts', 'lab.js', [keepDirnames])
await import(lab).then(({ openLab }) => openLab())
