import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadSettings } from '../../src/config/load.ts'
import { openPortal } from '../../src/portal.ts'
import { movableClock } from './clock.ts'
import { quickHashing } from './quick-hashing.ts'

/**
 * The portal as a process for the attack of a million requests: its parent moves its clock, its hashes cost nothing, and its
 * waits for the outcome of another request are a twentieth as long.
 */
const dist = dirname(fileURLToPath(import.meta.url))
const loaded = loadSettings(readEnvironment())
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))

const clock = movableClock()
const sleep = (milliseconds: number) => clock.sleep(milliseconds > 250 ? milliseconds : milliseconds / 20)
const portal = await openPortal(loaded.settings, {
  folders: { root: join(dist, '..'), dist },
  clock: { ...clock, sleep },
  hashing: quickHashing(),
  log: () => {},
})
await portal.listen()
process.on('message', milliseconds => {
  clock.forward(Number(milliseconds))
  process.send?.('later')
})
process.once('SIGTERM', () => portal.close().then(() => process.exit(0)))
process.once('disconnect', () => process.exit(1))
process.send?.('listening')
