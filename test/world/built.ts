import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './root.ts'

/** Global setup of all tests: builds `dist/`. */
export default () =>
  void execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' })
