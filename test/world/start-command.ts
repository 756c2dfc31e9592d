import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

/** The arguments of Node in `npm start`, read from `package.json`, so that tests and benchmarks run the same command. */
export const startCommand = (): readonly string[] =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.start as string).split(' ').slice(1)
