import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadSettings } from '../../src/config/load.ts'
import { openPortal } from '../../src/portal.ts'
import { quickHashing } from './quick-hashing.ts'

/**
 * The portal as a process that kills itself with SIGKILL when a write reaches the failpoint named in `CRASH_AT`. Without one it
 * runs until it is killed. Its hashes cost nothing.
 */
const dist = dirname(fileURLToPath(import.meta.url))
const loaded = loadSettings(readEnvironment())
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))

const portal = await openPortal(loaded.settings, {
  folders: { root: join(dist, '..'), dist },
  hashing: quickHashing(),
  failpoints: at => {
    if (at === process.env.CRASH_AT) process.kill(process.pid, 'SIGKILL')
  },
})
await portal.listen()
console.log(`Sésame: ${portal.url}`)
process.once('SIGTERM', () => portal.close().then(() => process.exit(0)))
