// `npm run spoken`: writes what a screen reader says on each page, in each language, into docs/reference/spoken/: one line for each
// thing that is said. `test/pages/spoken.test.ts` compares.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/pages/spoken.test.ts', '--project=world'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, SPOKEN: 'write' } },
)
process.exitCode = status ?? 1
