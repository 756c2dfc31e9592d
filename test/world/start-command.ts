import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

/** What `npm start` passes to Node, so that what is tested and measured is what runs: `package.json` says it, here it is read. */
export const startCommand = (): readonly string[] =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.start as string).split(' ').slice(1)
