import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { AuditKind } from '../audit/audit.ts'
import type { Health } from '../jobs/heartbeat.ts'
import type { ObservedRequest } from '../web/server.ts'

/** What waits, as the store has it now. Times are in seconds. */
export type Backlog = {
  readonly deliveries: readonly { readonly service: string; readonly state: string; readonly count: number }[]
  readonly oldestDelivery: number
  readonly sealedPasswords: number
  readonly notices: number
  readonly mails: readonly { readonly state: string; readonly count: number }[]
  readonly oldestMail: number
}

/** Where the figures of the moment are read. */
export type MetricsSources = {
  readonly readBacklog: () => Promise<Backlog>
  readonly health: () => Health
  readonly hashes: () => { readonly waiting: number; readonly working: number }
  readonly services: readonly string[]
}

/** Steps of a journey: most take some milliseconds, one with a hash up to a second. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const methodOf = (method: string) => (method === 'GET' || method === 'POST' ? method : 'other')

/** Counted in a map of our own and passed on when the figures are read: every request is counted, and static pages take 25 µs. */
const createRequestCounter = (registry: Registry) => {
  const counts = new Map<string, number>()
  new Counter({
    name: 'sesame_requests_total',
    help: 'Requests answered, by the pattern of their path; none: no route has it.',
    labelNames: ['route', 'method', 'status'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const [key, count] of counts) {
        const [method = '', status = '', route = ''] = key.split(' ')
        this.inc({ route, method, status }, count)
      }
    },
  })
  return (route: string, method: string, status: number) => {
    const key = `${methodOf(method)} ${status} ${route}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
}

const createCounters = (registry: Registry) => {
  const registers = [registry]
  return {
    countRequest: createRequestCounter(registry),
    durations: new Histogram({
      name: 'sesame_post_duration_seconds',
      help: 'How long a form took to be answered.',
      labelNames: ['route'] as const,
      buckets,
      registers,
    }),
    events: new Counter({
      name: 'sesame_events_total',
      help: 'Events of the audit log, by kind: proofs, passwords, sessions, deliveries. One that is rolled back counts too.',
      labelNames: ['kind'] as const,
      registers,
    }),
  }
}

const createGauges = (registry: Registry) => {
  const registers = [registry]
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers })
  return {
    up: gauge(
      'sesame_part_up',
      'Whether the directory, the store, the disk, the keys and the mail server can be used.',
      ['part'],
    ),
    took: gauge('sesame_part_check_seconds', 'How long the last check of a part took.', ['part']),
    checked: gauge('sesame_parts_checked_seconds', 'Seconds since the parts were checked.'),
    hashes: gauge('sesame_hashes', 'Passwords and answers that are being hashed, or wait for it.', ['state']),
    deliveries: gauge('sesame_deliveries', 'Passwords that are on their way to a service.', [
      'service',
      'state',
    ]),
    oldestDelivery: gauge(
      'sesame_delivery_oldest_seconds',
      'How long the oldest of them has been on its way.',
    ),
    sealed: gauge('sesame_sealed_passwords', 'Sealed passwords in the store, which wait for a service.'),
    notices: gauge('sesame_notices', 'Notices whose addresses are not looked up yet.'),
    mails: gauge('sesame_mails', 'Mails and text messages that wait to be sent.', ['state']),
    oldestMail: gauge('sesame_mail_oldest_seconds', 'How long the oldest of them has waited.'),
    memory: gauge('process_resident_memory_bytes', 'Memory of the process.'),
    cpu: new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Time of the process on a processor, in seconds.',
      registers,
    }),
    start: gauge('process_start_time_seconds', 'When the process was started (seconds since 1970).'),
  }
}

type Gauges = ReturnType<typeof createGauges>

const fillProcess = ({ memory, cpu, start }: Gauges) => {
  const { user, system } = process.cpuUsage()
  memory.set(process.memoryUsage.rss())
  cpu.reset()
  cpu.inc((user + system) / 1e6)
  start.set(Math.round(Date.now() / 1000 - process.uptime()))
}

const fillHealth = ({ up, took, checked }: Gauges, { parts, durations, age }: Health) => {
  for (const [part, isUp] of Object.entries(parts)) up.set({ part }, Number(isUp))
  for (const [part, seconds] of Object.entries(durations)) took.set({ part }, seconds)
  if (age !== null) checked.set(age)
}

const fillBacklog = (gauges: Gauges, backlog: Backlog, services: readonly string[]) => {
  gauges.deliveries.reset()
  for (const service of services)
    for (const state of ['waiting', 'written']) gauges.deliveries.set({ service, state }, 0)
  // Rows of a service that is no longer configured are one series.
  for (const { service, state, count } of backlog.deliveries)
    gauges.deliveries.inc({ service: services.includes(service) ? service : 'former', state }, count)
  gauges.oldestDelivery.set(backlog.oldestDelivery)
  gauges.sealed.set(backlog.sealedPasswords)
  gauges.notices.set(backlog.notices)
  gauges.mails.reset()
  for (const state of ['ready', 'sending']) gauges.mails.set({ state }, 0)
  for (const { state, count } of backlog.mails) gauges.mails.set({ state }, count)
  gauges.oldestMail.set(backlog.oldestMail)
}

/**
 * Figures of the portal in the text format of Prometheus, for the operator's listener. No label has a value that a person typed or that
 * tells who somebody is: routes, kinds of events, services and states are lists of the code and of the configuration, so that a
 * flood of requests makes no more series.
 */
export const createMetrics = () => {
  const registry = new Registry()
  const counters = createCounters(registry)
  const gauges = createGauges(registry)
  return {
    observeRequest: ({ route, method, status, seconds }: ObservedRequest) => {
      counters.countRequest(route ?? 'none', method, status)
      if (method === 'POST') counters.durations.observe({ route: route ?? 'none' }, seconds)
    },
    observeEvent: (kind: AuditKind) => counters.events.inc({ kind }),
    contentType: registry.contentType,
    /** While the store is unavailable the figures that it alone has keep their last value; `sesame_part_up` tells. */
    render: async ({ readBacklog, health, hashes, services }: MetricsSources) => {
      fillProcess(gauges)
      fillHealth(gauges, health())
      const { waiting, working } = hashes()
      gauges.hashes.set({ state: 'waiting' }, waiting)
      gauges.hashes.set({ state: 'working' }, working)
      await readBacklog().then(
        backlog => fillBacklog(gauges, backlog, services),
        () => {},
      )
      return registry.metrics()
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
