import { seconds } from './clock.ts'
import { readEnvironment } from './config/environment.ts'
import { loadSettings, type Settings, sendsMessages } from './config/load.ts'
import { explainFault } from './explain-fault.ts'
import { createJsonLog } from './json-log.ts'
import { openPortal, type Portal } from './portal.ts'
import { availableProofs } from './proofs/policy/policy.ts'
import { shortfallOf } from './proofs/policy/shortfalls.ts'
import { openRotation } from './root-key-check.ts'
import { isRotating } from './root-keys/key-ring.ts'
import type { Log } from './web/replies.ts'

const logStart = (log: Log, { demonstration, config }: Settings, url: string) => {
  const shortfall = shortfallOf(config.recovery, availableProofs({ messages: sendsMessages(config) }))
  if (!demonstration && shortfall) log('warn', { check: 'proofs', detail: shortfall })
  log('info', {
    started: `Sésame: ${url}${demonstration ? ' (demonstration with invented people)' : ''}`,
  })
}

const logRotation = (log: Log, { application }: Portal) => {
  const { ring } = application.crypto
  const detail = openRotation(
    { rootKey: ring.keys.fingerprint, isRotating: isRotating(ring.state()) },
    ring.roots,
  )
  if (detail) log('warn', { check: 'root-key', detail })
}

/** Node and the libraries print their warnings as text, on several lines. */
const logWarnings = (log: Log) => {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) =>
    log('warn', { check: 'node', detail: `${name}: ${message.split('\n')[0]}` }),
  )
}

/** As long as a proxy that gets requests needs to use each connection that it keeps open once more. */
const drain = seconds(2)

const stopOnSignal = (portal: Portal) => {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await portal.close(drain)
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** The process: configuration → portal → listen; a signal stops it once the current requests are answered. */
export const main = async () => {
  const log = createJsonLog()
  logWarnings(log)
  try {
    const loaded = loadSettings(readEnvironment())
    if (!loaded.ok) {
      for (const { path, sentence } of loaded.problems)
        log('error', { check: path, detail: sentence, file: loaded.file })
      process.exitCode = 1
      return
    }
    const portal = await openPortal(loaded.settings, { log })
    await portal.listen()
    // A program that reads that the portal listens may stop it at once: a signal without a handler would cut off requests.
    stopOnSignal(portal)
    logRotation(log, portal)
    logStart(log, loaded.settings, portal.url)
  } catch (fault) {
    const { what, sentence } = explainFault(fault)
    log('error', { check: what, detail: sentence })
    // Workers and connections that were opened before the fault would keep the process alive.
    process.exit(1)
  }
}
