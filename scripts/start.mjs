// `npm start`: build when needed, then run the portal in this same process, so that Ctrl-C reaches it alone.
import { build } from './build.mjs'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Sésame runs on Node 24 or newer; this is ${process.version}. Start it with « npm start », which brings its own.`,
  )
  process.exit(1)
}
await build()
await import('../dist/main.js').then(({ main }) => main())
