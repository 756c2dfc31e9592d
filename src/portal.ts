import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Application, createApplication } from './application.ts'
import { readCharter } from './charter.ts'
import type { Clock } from './clock.ts'
import { logOverrideFaults } from './config/check-overrides.ts'
import type { Settings } from './config/load.ts'
import { createDirectory } from './create-directory.ts'
import { createGate } from './create-gate.ts'
import { createIdentityServer, signInReturns } from './create-identity-server.ts'
import { createServices } from './create-services.ts'
import { createDemoMailbox, type DemoMailbox } from './demonstration/mailbox.ts'
import type { Adapters } from './foundations.ts'
import type { Hashing } from './hashing/hashing.ts'
import { createPictures } from './help/pictures.ts'
import type { Health } from './jobs/heartbeat.ts'
import { createJsonLog } from './json-log.ts'
import { inRanges } from './limits/address.ts'
import { createGlobalLimit } from './limits/global-limit.ts'
import { createNetworkResolver } from './limits/network.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { createComposer, ownNotices } from './notify/compose.ts'
import { createOutbox } from './notify/outbox.ts'
import { createHttpGateway, type SmsGateway } from './notify/sms.ts'
import { openSmtpTransport } from './notify/smtp.ts'
import { createOperatorListener } from './operator-listener.ts'
import { createPortalHeartbeat } from './portal-heartbeat.ts'
import { prepareApplication } from './prepare-application.ts'
import { proofNotices } from './proofs/proof-registry.ts'
import { refused } from './result.ts'
import { createRouter } from './router.ts'
import { hrefIn, type RouteName } from './routes.ts'
import type { Failpoints } from './services/source/source.ts'
import { type SlowJobs, startJobs } from './start-jobs.ts'
import { inEachLanguage, type Language } from './texts/texts.ts'
import { installationFiles } from './ui/installation.ts'
import { createUi } from './ui/ui.ts'
import { createServerEnd } from './web/close-server.ts'
import { createCookies } from './web/cookies.ts'
import { securityHeaders } from './web/headers.ts'
import type { Router } from './web/register-routes.ts'
import type { Log } from './web/replies.ts'
import { buildServer } from './web/server.ts'

export type PortalOptions = {
  readonly clock?: Clock
  readonly failpoints?: Failpoints
  readonly hashing?: Hashing
  readonly log?: Log
  readonly services?: Adapters['services']
  readonly folders?: Folders
  readonly slowJobs?: SlowJobs
  readonly observeEvent?: Adapters['observeEvent']
}

/** Where the built files are: next to the bundle in production, in `dist/` for the tests. */
export type Folders = { readonly root: string; readonly dist: string }

const here = dirname(fileURLToPath(import.meta.url))
const ownFolders: Folders = { root: join(here, '..'), dist: join(here, '..', 'dist') }

/** The list of leaked passwords that every installation has. */
export const shippedFilter = ({ dist }: Folders = ownFolders) => join(dist, 'leaked-shipped.filter')

/** The font of the printed letters. */
export const letterFontFile = ({ dist }: Folders = ownFolders) => join(dist, 'letters.ttf')

/** The folder of the SQL files, for commands that open only the store. */
export const migrationsFolder = ({ root }: Folders = ownFolders) => join(root, 'migrations')

export const createApplicationFor = (settings: Settings, options: PortalOptions = {}) => {
  const folders = options.folders ?? ownFolders
  return createApplication(settings, {
    ...(options.clock && { clock: options.clock }),
    ...(options.failpoints && { failpoints: options.failpoints }),
    ...(options.hashing && { hashing: options.hashing }),
    ...(options.observeEvent && { observeEvent: options.observeEvent }),
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

/** Without a gateway no mobile is offered; messages queued before wait, and expire. */
const createGateway = (sms: Settings['config']['sms'], mailbox: DemoMailbox | null): SmsGateway => {
  if (sms.kind === 'http') return createHttpGateway(sms)
  return mailbox?.gateway ?? { send: async () => refused('mail-unavailable') }
}

/** The addresses of the pages, and their layout in each language. */
const createPages = ({ settings, sayIn }: Application, folders: Folders) => {
  const { config, demonstration, publicUrl } = settings
  const base = publicUrl.pathname.replace(/\/$/, '')
  const hrefs = inEachLanguage(language => hrefIn(language, base))
  const { ui, inline } = createUi({ branding: config.branding, dist: folders.dist, base, sayIn })
  const charterVersion = config.charter.version
  return {
    hrefs,
    inline,
    installation: installationFiles(config.branding, base, folders.dist),
    uiFor: (language: Language, route: RouteName | null, params: Readonly<Record<string, string>>) =>
      ui({ language, hrefs, route, params, charterVersion, demonstration }),
  }
}

type Pages = ReturnType<typeof createPages>

/** Where mails and text messages go: to the servers of the configuration, or to the mailbox of a demonstration. */
const openMail = ({ store, clock, config }: Application) => {
  const { mail, sms } = config
  const mailbox = mail.kind === 'demonstration' ? createDemoMailbox(store, clock) : null
  const transport = mail.kind === 'smtp' ? openSmtpTransport(mail) : mailbox?.transport
  if (!transport) throw new Error(`no transport for mail.kind ${mail.kind}`)
  return { mailbox, transport, gateway: createGateway(sms, mailbox) }
}

type Mail = ReturnType<typeof openMail>

const openOutbox = (application: Application, { transport, gateway }: Mail, { hrefs }: Pages) => {
  const { settings, config, store, clock, limits, directory, audit, crypto, accounts, proofs } = application
  const { contacts, freezes, tokens } = accounts
  const { branding } = config
  return createOutbox({
    store,
    clock,
    limits,
    directory,
    keys: crypto.keys,
    audit,
    transport,
    gateway,
    confirmedMails: contacts.mails,
    provingContacts: accounts.accessMethods.proving,
    makeCode: proofs.mailCodes.inJourneys.make,
    admitCode: proofs.mailCodes.sentLimits.admit,
    isRecoveryClosed: async person => (await freezes.find(person)) !== null,
    takeMessage: proofs.smsCodes.messages.take,
    isContact: contacts.isContact,
    isRecent: contacts.isRecent,
    deskAddress: branding.helpdesk.mail,
    compose: createComposer({
      tokens,
      notices: { ...ownNotices, ...proofNotices },
      hrefs,
      origin: settings.publicUrl.origin,
      branding,
      sayIn: application.sayIn,
      limits,
      isRecent: contacts.isRecent,
      isContact: contacts.isContact,
    }),
  })
}

type ServerDeps = {
  readonly router: Router
  readonly pages: Pages
  readonly health: () => Health
  readonly observe: Metrics['observeRequest']
  readonly log: Log
}

/** The public listener, with the gate of all POSTs. */
const openServer = async (application: Application, { router, pages, log, ...observed }: ServerDeps) => {
  const { settings, config, store, clock, limits, rateLimiter, crypto, accounts } = application
  const { publicUrl } = settings
  const globalLimit = createGlobalLimit({ store, clock, rateLimiter, limit: limits.postsPerSecond })
  const cookies = createCookies(() => crypto.keys.of('cookie-tag'))
  const isCampus = inRanges(config.campusNetworks)
  const { sessions, knownBrowsers } = accounts
  const gate = createGate({ limits, sessions, knownBrowsers }, { cookies, isCampus, globalLimit })
  const server = await buildServer({
    router,
    publicUrl,
    trustedProxies: config.trustedProxies,
    securityText: config.securityText,
    installation: pages.installation,
    networkOf: createNetworkResolver(() => crypto.keys.of('network'), isCampus),
    uiFor: pages.uiFor,
    cookies,
    gate,
    security: securityHeaders({
      ...pages.inline,
      https: publicUrl.protocol === 'https:',
      leadsTo: [...new Set(Object.values(config.signIn.returns).map(address => new URL(address).origin))],
    }),
    now: clock.now,
    ...observed,
    log,
  })
  const end = createServerEnd(server)
  return {
    server,
    close: async (drain: number) => {
      await end(drain)
      gate.close()
      await globalLimit.close()
    },
  }
}

const routerOf = (
  application: Application,
  { mailbox, transport }: Mail,
  pages: ReturnType<typeof createPages>,
  { dist }: Pick<typeof ownFolders, 'dist'>,
) =>
  createRouter(application, {
    ui: language => pages.uiFor(language, null, {}),
    charter: readCharter(application.settings),
    pictures: createPictures(join(dist, 'pictures')),
    mailbox,
    smtpUtf8: transport.smtpUtf8,
  })

export const openPortal = async (settings: Settings, options: PortalOptions = {}) => {
  const log = options.log ?? createJsonLog()
  const folders = options.folders ?? ownFolders
  const metrics = createMetrics()
  const application = await createApplicationFor(settings, { ...options, observeEvent: metrics.observeEvent })
  const { config } = application
  await prepareApplication(application, log)
  const pages = createPages(application, folders)
  const mail = openMail(application)
  const outbox = openOutbox(application, mail, pages)
  const router = routerOf(application, mail, pages, folders)
  const { health, runChecks } = createPortalHeartbeat(application, mail, log)
  const { server, close } = await openServer(application, {
    router,
    pages,
    health,
    observe: metrics.observeRequest,
    log,
  })
  const jobs = startJobs(application, {
    outbox,
    runChecks,
    log,
    slowJobs: options.slowJobs ?? 'repeated',
  })
  const identityServerChecked = warnAboutIdentityServer(application, log)
  logOverrideFaults(settings, log)
  const operator = createOperatorListener(application, { health, metrics, log })
  const listening = { url: settings.publicUrl.href, adminUrl: null as string | null }
  return {
    application,
    app: server,
    outbox,
    get url() {
      return listening.url
    },
    /** The URL of the operator's listener; `null`: switched off, or its port was taken. */
    get adminUrl() {
      return listening.adminUrl
    },
    listen: async () => {
      const address = await server.listen({ host: config.listen.host, port: config.listen.port })
      if (config.listen.port === 0) listening.url = address
      listening.adminUrl = await operator.listen()
    },
    /** `drain`: milliseconds for which a proxy may still use the connections that it keeps open. */
    close: async (drain = 0) => {
      await operator.close()
      await close(drain)
      await jobs.stop()
      await identityServerChecked
      await mail.transport.close()
      await application.close()
    },
  }
}

export type Portal = Awaited<ReturnType<typeof openPortal>>
