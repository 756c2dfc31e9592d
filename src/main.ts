import { readEnvironment } from './config/environment.ts'
import { loadSettings } from './config/load.ts'
import { openPortal } from './portal.ts'

/** The process: configuration → portal → listen; a signal stops it once the current requests are answered. */
export const main = async () => {
  const loaded = loadSettings(readEnvironment())
  if (!loaded.ok) {
    console.error(`Sésame does not start: ${loaded.file} has ${loaded.problems.length} problem(s).`)
    for (const { path, sentence } of loaded.problems) console.error(`  ${path}: ${sentence}`)
    process.exitCode = 1
    return
  }
  const portal = await openPortal(loaded.settings)
  await portal.listen()
  if (!loaded.settings.demonstration)
    console.error(
      'Sésame: the joker question alone proves who people are; NIST 800-63B-4 and ASVS 6.4.2 refuse that. See docs/decisions/003-joker.md.',
    )
  console.log(
    `Sésame: ${portal.url}${loaded.settings.demonstration ? ' (demonstration with invented people)' : ''}`,
  )

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await portal.close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
