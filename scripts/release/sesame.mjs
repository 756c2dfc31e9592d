import { run } from '../dist/sesame.js'

await run(process.argv)
