import type { Server } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { type Adapters, type Application, createApplication } from './application.ts'
import { readCharter } from './charter.ts'
import type { Clock } from './clock.ts'
import type { Settings } from './config/load.ts'
import { createDirectory } from './create-directory.ts'
import { createGate } from './create-gate.ts'
import { createIdentityServer, signInReturns } from './create-identity-server.ts'
import { createServices } from './create-services.ts'
import { createDemoMailbox, type DemoMailbox } from './demonstration/mailbox.ts'
import type { Hashing } from './hashing/hashing.ts'
import { createPictures } from './help/pictures.ts'
import { createHeartbeat } from './jobs/heartbeat.ts'
import { inRanges } from './limits/address.ts'
import { createGlobalLimit } from './limits/global-limit.ts'
import { createNetworkResolver } from './limits/network.ts'
import { createComposer } from './notify/compose.ts'
import { createOutbox } from './notify/outbox.ts'
import { createHttpGateway, type SmsGateway } from './notify/sms.ts'
import { openSmtpTransport } from './notify/smtp.ts'
import { refused } from './result.ts'
import { createRouter } from './router.ts'
import { hrefIn, type RouteName } from './routes.ts'
import type { Failpoints } from './services/source/source.ts'
import { startJobs } from './start-jobs.ts'
import type { Language } from './texts/texts.ts'
import { createUi } from './ui/ui.ts'
import { createAdminListener } from './web/admin.ts'
import { createCookies } from './web/cookies.ts'
import { securityHeaders } from './web/headers.ts'
import type { Log } from './web/replies.ts'
import { buildServer } from './web/server.ts'

export type PortalOptions = {
  readonly clock?: Clock
  readonly failpoints?: Failpoints
  readonly hashing?: Hashing
  readonly log?: Log
  readonly services?: Adapters['services']
  readonly folders?: Folders
}

/** Where the built files are: next to the bundle in production, in `dist/` for the tests. */
export type Folders = { readonly root: string; readonly dist: string }

const here = dirname(fileURLToPath(import.meta.url))
const ownFolders: Folders = { root: join(here, '..'), dist: join(here, '..', 'dist') }

const jsonLog = (): Log => {
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ sync: false }),
  )
  return (level, line) => logger[level](line)
}

/** The list of leaked passwords that every installation has. */
export const shippedFilter = ({ dist }: Folders = ownFolders) => join(dist, 'leaked-shipped.filter')

/** The folder of the SQL files, for commands that open only the store. */
export const migrationsFolder = ({ root }: Folders = ownFolders) => join(root, 'migrations')

export const createApplicationFor = (settings: Settings, options: PortalOptions = {}) => {
  const folders = options.folders ?? ownFolders
  return createApplication(settings, {
    ...(options.clock && { clock: options.clock }),
    ...(options.failpoints && { failpoints: options.failpoints }),
    ...(options.hashing && { hashing: options.hashing }),
    directory: createDirectory(settings),
    services: options.services ?? createServices(settings),
    identityServer: clock => createIdentityServer(settings, clock),
    folders: {
      migrations: migrationsFolder(folders),
      shippedFilter: shippedFilter(folders),
    },
  })
}

/** The portal starts even when the identity server is unavailable, and logs a warning. */
const warnAboutIdentityServer = async ({ accounts, settings }: Application, log: Log) => {
  const findings = (await accounts.identityServer?.check(signInReturns(settings))) ?? []
  for (const { level, what, detail } of findings) if (level !== 'good') log('warn', { check: what, detail })
}

/** Keep-alive connections would delay the stop: each is closed once it is idle. */
const closeAfterAnswers = async (app: { server: Server; close(): Promise<unknown> }) => {
  const sweep = setInterval(() => app.server.closeIdleConnections(), 20)
  await app.close()
  clearInterval(sweep)
}

/** The portal works without it: a port that is in use is logged, and does not stop the start. */
const listenForOperator = async (
  listener: ReturnType<typeof createAdminListener> | null,
  admin: Settings['config']['listen']['admin'],
  log: Log,
) => {
  if (!listener || admin === 'off') return null
  const result = await listener.listen(admin.port)
  if ('url' in result) return result.url
  log('warn', {
    check: 'listen.admin',
    detail: `${admin.host}:${admin.port} is not listened on (${result.fault}). Give another port, or off.`,
  })
  return null
}

/** Without a gateway no mobile is offered; messages queued before wait, and expire. */
const createGateway = (sms: Settings['config']['sms'], mailbox: DemoMailbox | null): SmsGateway => {
  if (sms.kind === 'http') return createHttpGateway(sms)
  return mailbox?.gateway ?? { send: async () => refused('mail-unavailable') }
}

export const openPortal = async (settings: Settings, options: PortalOptions = {}) => {
  const log = options.log ?? jsonLog()
  const folders = options.folders ?? ownFolders
  const application = await createApplicationFor(settings, options)
  const { clock, config, limits, store, directory, audit, rateLimiter, crypto, accounts } = application
  const { keys } = crypto
  const { contacts } = accounts
  await application.passwordWrite.attempts.releaseAbandoned()
  await application.deliveries.queue.releaseAbandonedDeliveries()

  const mailbox = config.mail.kind === 'demonstration' ? createDemoMailbox(store, clock) : null
  const transport =
    mailbox?.transport ?? openSmtpTransport(config.mail as Extract<typeof config.mail, { kind: 'smtp' }>)
  const base = settings.publicUrl.pathname.replace(/\/$/, '')
  const pageAssets = createUi({ branding: config.branding, dist: folders.dist })
  const hrefs = { fr: hrefIn('fr', base), en: hrefIn('en', base) }
  const uiFor = (language: Language, route: RouteName | null, params: Readonly<Record<string, string>>) =>
    pageAssets.ui({
      language,
      hrefs,
      route,
      params,
      charterVersion: config.charter.version,
      demonstration: settings.demonstration,
    })

  const outbox = createOutbox({
    store,
    clock,
    limits,
    directory,
    keys,
    audit,
    transport,
    gateway: createGateway(config.sms, mailbox),
    confirmedMails: contacts.mails,
    isContact: contacts.isContact,
    deskAddress: config.branding.helpdesk.mail,
    compose: createComposer({
      tokens: accounts.tokens,
      hrefs,
      origin: settings.publicUrl.origin,
      branding: config.branding,
      isRecent: contacts.isRecent,
      isContact: contacts.isContact,
    }),
  })
  const router = createRouter(application, {
    ui: language => uiFor(language, null, {}),
    charter: readCharter(settings),
    pictures: createPictures(join(folders.dist, 'pictures')),
    mailbox,
  })

  const heartbeat = createHeartbeat({
    directory: directory.ping,
    store: store.ping,
    mail: transport.ping,
  })
  const globalLimit = createGlobalLimit({ store, clock, rateLimiter, limit: limits.postsPerSecond })
  const cookies = createCookies(keys.of('cookie-tag'))
  const isCampus = inRanges(config.campusNetworks)
  const gate = createGate({ limits, ...accounts }, { cookies, isCampus, globalLimit })
  const app = await buildServer({
    router,
    publicUrl: settings.publicUrl,
    trustedProxies: config.trustedProxies,
    networkOf: createNetworkResolver(keys.of('network'), isCampus),
    uiFor,
    cookies,
    gate,
    security: securityHeaders({
      ...pageAssets.inline,
      https: settings.publicUrl.protocol === 'https:',
      leadsTo: [...new Set(Object.values(config.signIn.returns).map(address => new URL(address).origin))],
    }),
    now: clock.now,
    health: heartbeat.health,
    log,
  })
  const jobs = startJobs(application, { outbox, runChecks: heartbeat.runChecks, log })
  const identityServerChecked = warnAboutIdentityServer(application, log)

  const { admin } = config.listen
  const operator =
    admin === 'off' ? null : createAdminListener({ host: admin.host, health: heartbeat.health })
  let adminUrl: string | null = null
  let url = settings.publicUrl.href
  return {
    application,
    app,
    outbox,
    get url() {
      return url
    },
    /** The URL of the operator's listener; `null`: switched off, or its port was taken. */
    get adminUrl() {
      return adminUrl
    },
    listen: async () => {
      const address = await app.listen({ host: config.listen.host, port: config.listen.port })
      if (config.listen.port === 0) url = address
      adminUrl = await listenForOperator(operator, config.listen.admin, log)
    },
    close: async () => {
      await operator?.close()
      gate.close()
      await closeAfterAnswers(app)
      await globalLimit.close()
      await jobs.stop()
      await identityServerChecked
      await transport.close()
      await application.close()
    },
  }
}

export type Portal = Awaited<ReturnType<typeof openPortal>>
