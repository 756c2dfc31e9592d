import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { stringify } from 'yaml'
import type { Application } from '../../src/application.ts'
import type { Clock } from '../../src/clock.ts'
import { loadSettings, type Settings } from '../../src/config/load.ts'
import type { Hashing } from '../../src/hashing/hashing.ts'
import { openPortal, type Portal } from '../../src/portal.ts'
import type { Failpoints } from '../../src/services/source/source.ts'
import { type CrowdMember, createCrowd, crowdPeople } from './crowd.ts'
import { giveJokers } from './jokers.ts'
import { unlimitedPosts } from './limits.ts'
import { showLogOnFailure } from './log-tail.ts'
import { worldPeople } from './people.ts'
import { freePort } from './ports.ts'
import { migratedDatabase } from './postgres.ts'
import { quickHashing } from './quick-hashing.ts'
import { root } from './root.ts'
import { scratchFolder } from './scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from './slapd.ts'
import { type StoreFlavour, storeFlavours } from './stores.ts'
import { copyMigratedSqlite } from './template.ts'

export type PortalKind = { readonly directory: 'embedded' | 'slapd'; readonly store: StoreFlavour }

/** With CI=true a server that is missing fails its tests; elsewhere they are skipped. */
export const available = ({ directory, store }: PortalKind) =>
  process.env.CI === 'true' ||
  ((directory === 'embedded' || hasSlapd()) &&
    storeFlavours.some(({ flavour, available: is }) => flavour === store && is))

/** Settings of `sesame.yaml`; a function where they depend on servers that read the directory. */
type More = Readonly<Record<string, unknown>>

export type PortalFixtureOptions = PortalKind & {
  readonly config?: More | ((slapd: Slapd) => Promise<More>)
  readonly clock?: Clock
  readonly failpoints?: Failpoints
  /** Instant hashes unless `real`, which is necessary when another process verifies hashes of the same store. */
  readonly hashing?: Hashing | 'real'
  readonly people?: number
  /** Of a real directory, which then holds no date of birth of anybody. */
  readonly birthDates?: 'none'
  /** The port, for servers that must know the address of the portal before it starts. */
  readonly port?: number
  /** The number of members of the crowd (`crowd.ts`). */
  readonly crowd?: number
}

const ldapSection = (slapd: Slapd) => ({ kind: 'ldap', ...slapd.settings() })

/**
 * Limits of every fixture, unless a test sets its own. Requests per second are counted in real time, which a test cannot move.
 * The constant-time floor of identification hides how long a look-up took; a benchmark measures it, and here it would add a
 * quarter of a second to each request.
 */
const testLimits = { ...unlimitedPosts, identificationFloor: 1 }

const configFor = async (
  options: PortalFixtureOptions,
  folder: string,
  slapd: Slapd | null,
  port: number,
) => {
  const key = join(folder, 'root.key')
  writeFileSync(key, randomBytes(32), { mode: 0o600 })
  for (const language of ['fr', 'en'])
    writeFileSync(join(folder, `charter.${language}`), '# Une règle\n\nUn paragraphe.')
  const file = join(folder, 'sesame.yaml')
  const given: More =
    typeof options.config === 'function'
      ? ((slapd && (await options.config(slapd))) ?? {})
      : (options.config ?? {})
  const value = {
    publicUrl: `http://127.0.0.1:${port}`,
    listen: { port, admin: { port: 0 } },
    rootKeyFile: key,
    charter: { version: '2026-09', fr: join(folder, 'charter.fr'), en: join(folder, 'charter.en') },
    ...(slapd && {
      directory: ldapSection(slapd),
      branding: { helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' } },
    }),
    ...given,
    limits: { ...testLimits, ...(given.limits as More | undefined) },
  }
  writeFileSync(file, stringify(JSON.parse(JSON.stringify(value))))
  return file
}

export type PortalFixture = {
  readonly url: string
  readonly portal: Portal
  readonly application: Application
  readonly slapd: Slapd | null
  readonly settings: Settings
  readonly crowd: readonly CrowdMember[]
  readonly lines: readonly string[]
  readonly folder: string
  readonly configFile: string
  readonly databaseUrl: string | undefined
  /** Closes the portal and opens it again on the same store. */
  readonly restart: (changes?: { failpoints?: Failpoints }) => Promise<PortalFixture>
  readonly stop: () => Promise<void>
}

/** Starts a complete portal in this process, on a loopback port, with the given directory and store. Stop it with `stop`. */
export const startPortal = async (options: PortalFixtureOptions): Promise<PortalFixture> => {
  const folder = scratchFolder('sesame-portal-')
  const people = [...worldPeople(options.people ?? 12_000), ...crowdPeople(options.crowd ?? 0)]
  const slapd =
    options.directory === 'slapd'
      ? await startSlapd({
          people: options.birthDates === 'none' ? people.map(one => ({ ...one, born: null })) : people,
        })
      : null
  const port = options.port ?? (await freePort())
  const configFile = await configFor(options, folder, slapd, port)
  const databaseUrl = options.store === 'PostgreSQL' ? await migratedDatabase(inject('postgres')) : undefined
  if (!databaseUrl) copyMigratedSqlite(join(folder, 'data'))
  const loaded = loadSettings({
    configFile,
    port: undefined,
    data: join(folder, 'data'),
    databaseUrl,
    databaseUrlFile: undefined,
    rootKeyFile: undefined,
  })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const lines: string[] = []
  showLogOnFailure(`the portal at ${port}`, lines)
  let crowd: readonly CrowdMember[] = []

  const open = async (failpoints: Failpoints | undefined): Promise<PortalFixture> => {
    const portal = await openPortal(loaded.settings, {
      folders: { root, dist: join(root, 'dist') },
      log: (level, line) => lines.push(JSON.stringify({ level, ...line })),
      slowJobs: 'once',
      ...(options.clock && { clock: options.clock }),
      ...(failpoints && { failpoints }),
      ...(options.hashing !== 'real' && { hashing: options.hashing ?? quickHashing() }),
    })
    await portal.listen()
    return {
      url: `http://127.0.0.1:${port}`,
      portal,
      application: portal.application,
      slapd,
      settings: loaded.settings,
      crowd,
      lines,
      folder,
      configFile,
      databaseUrl,
      restart: async changes => {
        await portal.close()
        return open(changes?.failpoints)
      },
      stop: async () => {
        await portal.close()
        await slapd?.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
  const fixture = await open(options.failpoints)
  if (slapd) await giveJokers(fixture.application)
  crowd = await createCrowd(fixture.application, options.crowd ?? 0, slapd === null)
  return { ...fixture, crowd }
}
