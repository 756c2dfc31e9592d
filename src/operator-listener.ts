import type { Application } from './application.ts'
import type { Health } from './jobs/heartbeat.ts'
import type { Metrics } from './metrics/metrics.ts'
import { createBacklogReader } from './metrics/read-backlog.ts'
import { createAdminListener } from './web/admin.ts'
import type { Log } from './web/replies.ts'

type Deps = { readonly health: () => Health; readonly metrics: Metrics; readonly log: Log }

const off = { listen: async () => null, close: async () => {} }

/** The listener for the operator, as configured. The portal works without it: a port that is in use is logged, and stops no start. */
export const createOperatorListener = (application: Application, { health, metrics, log }: Deps) => {
  const { config, crypto, deliveries } = application
  const { admin } = config.listen
  if (admin === 'off') return off
  const sources = {
    health,
    readBacklog: createBacklogReader(application),
    hashes: crypto.hashing.load,
    services: deliveries.targets.map(({ id }) => id),
  }
  const { contentType } = metrics
  const listener = createAdminListener({
    host: admin.host,
    health,
    metrics: { contentType, render: () => metrics.render(sources) },
  })
  return {
    /** The URL; `null`: the port was taken. */
    listen: async () => {
      const result = await listener.listen(admin.port)
      if ('url' in result) return result.url
      log('warn', {
        check: 'listen.admin',
        detail: `${admin.host}:${admin.port} is not listened on (${result.fault}). Give another port, or off.`,
      })
      return null
    },
    close: listener.close,
  }
}
