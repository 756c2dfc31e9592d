import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { loadSettings } from '../../src/config/load.ts'
import { openPortal, type Portal } from '../../src/portal.ts'
import { guideServices } from '../../src/services/settings.ts'
import { giveJokers } from './jokers.ts'
import { hasLemonLdap, startLemonLdap } from './lemonldap.ts'
import { startMailServer } from './mail-server.ts'
import { worldPeople } from './people.ts'
import { freePort } from './ports.ts'
import { hasRadius, startRadius } from './radius.ts'
import { root } from './root.ts'
import { hasSambaAd, startSambaAd } from './samba-ad.ts'
import { hasSlapd, startSlapd } from './slapd.ts'

/** A complete campus on this machine: every server to which passwords are delivered is real, and the portal writes to all of them. */
export type Campus = Awaited<ReturnType<typeof startCampus>>

export const hasCampus = () => hasSlapd() && hasRadius() && hasSambaAd() && hasLemonLdap()

type Stoppable = { stop(): Promise<unknown> }

/** Starts independent servers at the same time. When one fails, the others are stopped. */
const startServers = async () => {
  const started: Stoppable[] = []
  const keep = async <T extends Stoppable>(starting: Promise<T>): Promise<T> => {
    const server = await starting
    started.push(server)
    return server
  }
  const mailPort = await freePort()
  const onSlapd = async () => {
    const slapd = await keep(startSlapd({ people: worldPeople(200) }))
    return {
      slapd,
      radius: await keep(startRadius(slapd)),
      lemonldap: await keep(startLemonLdap(slapd)),
    }
  }
  const outcomes = await Promise.allSettled([
    onSlapd(),
    keep(startSambaAd()),
    keep(startMailServer({ port: mailPort, tls: 'none', folder: '' })),
  ])
  const stop = async () => {
    for (const server of started.reverse()) await server.stop()
  }
  const [one, samba, mail] = outcomes
  if (one.status === 'fulfilled' && samba.status === 'fulfilled' && mail.status === 'fulfilled')
    return { ...one.value, samba: samba.value, mail: mail.value, mailPort, stop }
  await stop()
  throw outcomes.find(outcome => outcome.status === 'rejected')?.reason
}

type Servers = Awaited<ReturnType<typeof startServers>>

/** The writer and the check of each service of the guide, on this campus. */
const servicesOf = ({ radius, samba, lemonldap }: Servers, url: string) => {
  const { server, port, secretFile, caFile, realm } = radius
  const how: Readonly<Record<string, object>> = {
    cas: {
      reads: 'source',
      check: {
        kind: 'cas-login',
        casUrl: lemonldap.casUrl,
        caFile: lemonldap.caFile,
        service: url,
        refusedMark: 'trmsg="5"',
      },
    },
    eduroam: {
      writer: { kind: 'samba' },
      check: { kind: 'eap', server, port, secretFile, caFile, realm, serverName: 'localhost' },
    },
    telephony: { writer: { kind: 'active-directory', ...samba.accounts() }, check: { kind: 'bind' } },
    printing: { reads: 'telephony' },
  }
  return guideServices.map(service => ({ ...service, ...how[service.id] }))
}

const configurationOf = (servers: Servers, folder: string, port: number) => ({
  publicUrl: `http://localhost:${port}`,
  listen: { port },
  rootKeyFile: join(folder, 'root.key'),
  charter: { version: '2026-09', fr: join(folder, 'charter.fr'), en: join(folder, 'charter.en') },
  branding: {
    institution: 'Université d’Exemple',
    helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' },
  },
  directory: { kind: 'ldap', ...servers.slapd.settings() },
  mail: {
    kind: 'smtp',
    host: '127.0.0.1',
    port: servers.mailPort,
    tls: 'none',
    from: 'Sésame <ne-pas-repondre@univ.example>',
  },
  services: servicesOf(servers, `http://localhost:${port}/`),
})

const portalOf = async (configFile: string, folder: string, log: (line: string) => void): Promise<Portal> => {
  const loaded = loadSettings({
    configFile,
    data: join(folder, 'data'),
    port: undefined,
    databaseUrl: undefined,
    databaseUrlFile: undefined,
    rootKeyFile: undefined,
  })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const portal = await openPortal(loaded.settings, {
    folders: { root, dist: join(root, 'dist') },
    log: (level, line) => log(JSON.stringify({ level, ...line })),
  })
  await giveJokers(portal.application)
  await portal.listen()
  return portal
}

/** Starts all servers and the portal. `port`: of the portal; `log`: receives its log lines. Stop it with `stop`. */
export const startCampus = async (options: { port?: number; log?: (line: string) => void } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-campus-'))
  const servers = await startServers()
  const port = options.port ?? (await freePort())
  const configFile = join(folder, 'sesame.yaml')
  writeFileSync(join(folder, 'root.key'), randomBytes(32), { mode: 0o600 })
  writeFileSync(join(folder, 'charter.fr'), '# Règlement intérieur\n\nCelui d’un campus inventé.')
  writeFileSync(join(folder, 'charter.en'), '# Rules\n\nThose of an invented campus.')
  const value = configurationOf(servers, folder, port)
  writeFileSync(configFile, stringify(JSON.parse(JSON.stringify(value))))
  const discard = async () => {
    await servers.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const portal = await portalOf(configFile, folder, options.log ?? (() => {}))
    return {
      ...servers,
      folder,
      configFile,
      url: `http://localhost:${port}`,
      portal,
      stop: async () => {
        await portal.close()
        await discard()
      },
    }
  } catch (fault) {
    await discard()
    throw fault
  }
}
