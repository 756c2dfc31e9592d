import { createExpiryNotices } from './account/password/expiry-notices.ts'
import type { Application } from './application.ts'
import { type SealedHead, sealAuditHeads } from './audit/heads.ts'
import { type Clock, hours, minutes, seconds } from './clock.ts'
import { findHistoryProblems } from './directory-history.ts'
import { heartbeatInterval } from './jobs/heartbeat.ts'
import { startJobLoop } from './jobs/jobs.ts'
import { purge } from './purge.ts'
import { erasePerson } from './retention.ts'
import { createKeyHolder } from './root-keys/key-holders.ts'
import { createServiceRounds } from './services/deliveries/rounds.ts'
import { createDepartures } from './services/source/departures.ts'
import { storeFaultSentence } from './store/fault.ts'
import type { Tx } from './store/store.ts'
import { createSyslog } from './syslog/syslog.ts'
import { ownLanguage } from './texts/locales.ts'
import type { Log } from './web/replies.ts'

/** Sends the sealed head of the audit to the log and by mail: an attacker who alters the store cannot alter those. */
const createHeadReport = ({ notify, config }: Application, log: Log) => {
  const to = config.audit.headMail
  return {
    report: ({ head, inconsistent }: SealedHead) => {
      log('info', { auditHead: head })
      for (const chain of inconsistent)
        log('error', { job: 'heads', fault: 'an audit chain was cut back', chain })
    },
    ...(to && {
      mail: (tx: Tx, head: string, at: number) =>
        notify.mails.write(tx, {
          kind: 'desk-audit-head',
          to,
          language: ownLanguage,
          facts: {
            person: null,
            name: '',
            login: '',
            events: [{ at, event: 'audit-head', device: '', reference: head }],
          },
        }),
    }),
  }
}

/** What a deliverer needs. */
export const deliverDepsOf = ({ crypto, deliveries, passwordWrite, ...application }: Application) => {
  const { store, clock, limits, directory, rateLimiter } = application
  return {
    store,
    clock,
    limits,
    directory,
    rateLimiter,
    keys: crypto.keys,
    failpoints: passwordWrite.failpoints,
    deliveries: deliveries.queue,
  }
}

/**
 * `once`: a job of every minute or longer runs at start only. So tests, which move the clock themselves, do not depend on how
 * many real minutes they take.
 */
export type SlowJobs = 'repeated' | 'once'

/** The mails about passwords that expire, where they are configured. */
const expiryNoticesOf = ({ config, store, clock, directory, notify }: Application) => {
  const daysBefore = config.directory.kind === 'embedded' ? [] : config.directory.expiryNotice.days
  if (daysBefore.length === 0) return null
  return createExpiryNotices({ store, clock, directory, notices: notify.notices, daysBefore })
}

/** Tells when a directory that keeps the history no longer refuses old passwords; it did at the start. */
const historyCheckOf = ({ directory, passwordWrite }: Application, log: Log) => {
  const { rules } = passwordWrite
  if (rules.historyKeeper === 'portal') return null
  return async () => {
    for (const { level, what, detail } of await findHistoryProblems({ directory, rules }))
      log(level === 'wrong' ? 'error' : 'warn', { check: what, detail })
    return 0
  }
}

const departuresOf = ({ store, clock, limits, directory, audit }: Application, log: Log) =>
  createDepartures({
    store,
    clock,
    limits,
    directory,
    audit,
    erase: erasePerson,
    reportDoubt: (missing, looked) =>
      log('warn', {
        job: 'departures',
        detail: `the directory no longer finds ${missing} of ${looked} people`,
      }),
  })

/** The sending of the audit log to a collector, where one is configured. */
const syslogOf = ({ config, store, clock }: Application) =>
  config.audit.syslog ? createSyslog({ store, clock, settings: config.audit.syslog }) : null

/** Learns of a new root key, and says that this process holds the present one. */
const keyRound =
  ({ crypto: { ring } }: Application, holder: ReturnType<typeof createKeyHolder>) =>
  async () => {
    await ring.look()
    await holder.report(ring.fingerprints)
    return 0
  }

type StartJob = (
  name: string,
  idleDelay: number,
  run: () => Promise<number>,
) => ReturnType<typeof startJobLoop>

/** Starts a job, whose faults are in the log: once, and again when it works. */
const createStart =
  (clock: Clock, log: Log, slowJobs: SlowJobs): StartJob =>
  (name, idleDelay, run) =>
    startJobLoop({
      run,
      idleDelay: slowJobs === 'once' && idleDelay >= minutes(1) ? null : idleDelay,
      clock,
      onFault: fault =>
        log('error', { job: name, state: 'failing', fault: storeFaultSentence(fault) ?? String(fault) }),
      onRecovery: lasted =>
        log('info', { job: name, state: 'works again', seconds: Math.round(lasted / 1000) }),
    })

const purgeOf = ({ crypto, passwordWrite, deliveries, ...application }: Application, log: Log) => {
  const { store, clock, limits } = application
  const { keys, rotatingKeys, hostKeys } = crypto
  const { attempts, rules } = passwordWrite
  return () =>
    purge({
      store,
      clock,
      limits,
      keys,
      rotatingKeys,
      hostKeys,
      attempts,
      deliveries: deliveries.queue,
      historyKept: rules.historyKept,
      reportErased: hashes =>
        log('info', {
          job: 'purge',
          detail: `${hashes} hashes of old passwords erased: password.history keeps fewer than before`,
        }),
    })
}

/** The jobs that only some configurations have. */
function startOptional(start: StartJob, application: Application, log: Log) {
  const notices = expiryNoticesOf(application)
  const history = historyCheckOf(application, log)
  const syslog = syslogOf(application)
  return [
    notices && start('expiry-notices', hours(1), () => notices.run().then(() => 0)),
    history && start('directory-history', hours(1), history),
    syslog && start('syslog', seconds(5), syslog.run),
  ].filter(job => job !== null)
}

/** The background jobs. */
export const startJobs = (
  application: Application,
  deps: {
    outbox: { run(): Promise<number> }
    runChecks(): Promise<void>
    log: Log
    slowJobs: SlowJobs
  },
) => {
  const { outbox, runChecks, log } = deps
  const { clock, store, crypto, passwordWrite, deliveries } = application
  const { keys, rotatingKeys, hostKeys } = crypto
  const holder = createKeyHolder({ store, clock })
  const start = createStart(clock, log, deps.slowJobs)
  const jobs = {
    settle: start('settle', seconds(1), passwordWrite.reconciler.run),
    outbox: start('outbox', seconds(1), outbox.run),
    forget: start('forget', seconds(5), () => store.truncateLog().then(() => 0)),
    heads: start('heads', minutes(1), () =>
      sealAuditHeads({ store, clock, keys, ...createHeadReport(application, log) }),
    ),
    keys: start('keys', seconds(5), keyRound(application, holder)),
    hosts: start('hosts', minutes(1), () => hostKeys.run(rotatingKeys.own).then(() => 0)),
    purge: start('purge', minutes(10), purgeOf(application, log)),
    // One round a minute: the job takes turns with what people wait for.
    departures: start('departures', minutes(1), () =>
      departuresOf(application, log)
        .run()
        .then(() => 0),
    ),
    expiry: start('expiry', seconds(5), deliveries.expiry.run),
    heartbeat: start('heartbeat', heartbeatInterval, () => runChecks().then(() => 0)),
  }
  const optional = startOptional(start, application, log)
  const deliverers = deliveries.targets.map(target =>
    start(`deliver ${target.id}`, seconds(1), createServiceRounds(deliverDepsOf(application), target).run),
  )
  deliveries.queue.onNotify(() => {
    for (const deliverer of deliverers) deliverer.wake()
  })
  return {
    stop: async () => {
      await Promise.all([...Object.values(jobs), ...deliverers, ...optional].map(job => job.stop()))
      // It counts as running a little longer where the store is away.
      await holder.end().catch(() => {})
    },
  }
}
