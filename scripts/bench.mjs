// `npm run bench [name…]`: measures the built portal and prints one JSON line per figure, its goal beside it.
import { build } from './build.mjs'

await build()
await import('../bench/bench.ts').then(({ run }) => run(process.argv.slice(2)))
