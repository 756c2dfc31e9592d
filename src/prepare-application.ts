import type { Application } from './application.ts'
import { requireDirectoryHistory } from './directory-history.ts'
import type { Log } from './web/replies.ts'

/** Before the first request: the directory keeps what the settings say, and what a killed process left open is released. */
export async function prepareApplication(application: Application, log: Log) {
  const { directory, crypto, passwordWrite, deliveries } = application
  await requireDirectoryHistory({ directory, rules: passwordWrite.rules }, log).catch(async fault => {
    await application.close()
    throw fault
  })
  await crypto.hostKeys.run(crypto.rotatingKeys.own)
  await passwordWrite.attempts.releaseAbandoned()
  await deliveries.queue.releaseAbandonedDeliveries()
}
