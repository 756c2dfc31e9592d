import type { Application } from './application.ts'
import { folderOutage } from './data-folder.ts'
import { rotatingKeysFolder } from './foundations.ts'
import { createHeartbeat, type PartChange } from './jobs/heartbeat.ts'
import type { Log } from './web/replies.ts'

/** A part is logged when it becomes unavailable, with the cause, and when it is back: two lines, however long it lasts. */
const logChange = (log: Log) => (change: PartChange) => {
  if ('cause' in change) log('error', { part: change.part, state: 'unavailable', detail: change.cause })
  else log('info', { part: change.part, state: 'available', seconds: Math.round(change.lasted / 1000) })
}

/** The parts without which people cannot be served. */
export const createPortalHeartbeat = (
  { settings, directory, store }: Application,
  { transport }: { readonly transport: { readonly outage: () => Promise<string | null> } },
  log: Log,
) =>
  createHeartbeat(
    {
      directory: directory.outage,
      store: store.outage,
      disk: () => folderOutage(settings.data, `heartbeat-${process.pid}`),
      keys: () => folderOutage(rotatingKeysFolder(settings), `heartbeat-${process.pid}`),
      mail: transport.outage,
    },
    () => performance.now(),
    logChange(log),
  )
