#!/opt/sesame/node/bin/node --max-semi-space-size=4
import { run } from '../dist/sesame.js'

await run(process.argv)
