import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { createApplication } from '../src/application.ts'
import { loadSettings } from '../src/config/load.ts'
import { createDirectory } from '../src/create-directory.ts'
import { createServices } from '../src/create-services.ts'
import { languages } from '../src/texts/texts.ts'
import { type CrowdMember, createCrowd, crowdPeople } from '../test/world/crowd.ts'
import { worldPeople } from '../test/world/people.ts'
import { startPostgres } from '../test/world/postgres.ts'
import { startSlapd } from '../test/world/slapd.ts'
import { freePort, root, startServer } from './portal-process.ts'

/** No rate limit affects a measurement. */
export const wide = {
  identificationPerNetwork: 1e9,
  identificationPerNumber: 1e9,
  journeysPerNetwork: 1e9,
  postsPerSecond: 1e9,
  postsPerSecondPerNetwork: 1e9,
}

/** The default time-outs: those of the tests are one second, which is too short for a busy disk. */
const patience = { connectTimeout: 3000, answerTimeout: 5000 }

type Options = {
  readonly people: number
  readonly crowd: number
  readonly limits?: Readonly<Record<string, number>>
  /** False: only the application, without a portal process. */
  readonly served?: boolean
  /** Connections to the directory. */
  readonly pool?: number
  /** The source tree of another build, to compare it with this one. */
  readonly tree?: string | undefined
  /** Where the directory listens; otherwise at any free port. */
  readonly slapdPort?: number
  /** More settings of `sesame.yaml`. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly store?: 'SQLite' | 'PostgreSQL'
  /** Processes of the portal on this store. More than one needs PostgreSQL here: each has a data folder of its own. */
  readonly processes?: number
}

/** The tests do without these. */
const durable = ['fsync=on', 'synchronous_commit=on', 'full_page_writes=on']

const startStore = async (kind: NonNullable<Options['store']>) => {
  if (kind === 'SQLite') return { databaseUrl: undefined, stop: async () => {} }
  const server = await startPostgres(durable)
  return { databaseUrl: server.url, stop: server.stop }
}

/** Starts the portal as a process on a real OpenLDAP with this many people; the crowd among them has passwords and jokers. */
export const startOnSlapd = async (options: Options) => {
  const { people, crowd, limits = wide, served = true, pool = 4, tree, config = {} } = options
  const { store = 'SQLite', processes = 1, slapdPort } = options
  const folder = mkdtempSync(join(tmpdir(), 'sesame-bench-'))
  const slapd = await startSlapd({
    people: [...worldPeople(people), ...crowdPeople(crowd)],
    durable: true,
    ...(slapdPort && { port: slapdPort }),
  })
  // A benchmark that throws must not leave the process running.
  const end = () => void slapd.kill()
  process.once('exit', end)
  const port = await freePort()
  writeFileSync(join(folder, 'root.key'), randomBytes(32), { mode: 0o600 })
  const charters = languages.map(language => [language, join(folder, `charter.${language}`)] as const)
  for (const [, charter] of charters) writeFileSync(charter, 'Une règle.')
  const file = join(folder, 'sesame.yaml')
  const value = {
    publicUrl: `http://127.0.0.1:${port}`,
    listen: { port, admin: 'off' },
    trustedProxies: ['127.0.0.1'],
    rootKeyFile: join(folder, 'root.key'),
    charter: { version: '1', ...Object.fromEntries(charters) },
    branding: { helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' } },
    directory: { kind: 'ldap', ...slapd.settings({ pool, ...patience }) },
    limits,
    ...config,
  }
  writeFileSync(file, stringify(JSON.parse(JSON.stringify(value))))
  const data = join(folder, 'data')
  const { databaseUrl, stop: stopStore } = await startStore(store)
  const none = { port: undefined, databaseUrlFile: undefined, rootKeyFile: undefined }
  const loaded = loadSettings({ configFile: file, data, databaseUrl, ...none })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const application = await createApplication(loaded.settings, {
    directory: createDirectory(loaded.settings),
    services: createServices(loaded.settings),
    identityServer: async () => null,
    folders: {
      migrations: join(root, 'migrations'),
      shippedFilter: join(root, 'dist', 'leaked-shipped.filter'),
    },
  })
  const crowdMembers: readonly CrowdMember[] = await createCrowd(application, crowd, false)
  const environment = { SESAME_CONFIG: file, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) }
  const ports = [port]
  while (ports.length < processes) ports.push(await freePort())
  const servers: Awaited<ReturnType<typeof startServer>>[] = []
  for (const [nth, own] of served ? ports.entries() : []) {
    const folderOfOwn = nth === 0 ? data : `${data}-${nth}`
    servers.push(await startServer({ ...environment, SESAME_DATA: folderOfOwn, PORT: String(own) }, tree))
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    /** One a process. */
    ports,
    pid: servers[0]?.pid ?? process.pid,
    application,
    settings: loaded.settings,
    slapd,
    crowdMembers,
    stop: async () => {
      for (const server of servers) await server.stop()
      await application.close()
      process.off('exit', end)
      await stopStore()
      await slapd.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type OnSlapd = Awaited<ReturnType<typeof startOnSlapd>>
