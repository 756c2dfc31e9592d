import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attribute, Change, Client } from 'ldapts'
import {
  type ActiveDirectorySettings,
  activeDirectoryAccounts,
  activeDirectorySettings,
} from '../../src/directory/active-directory/settings.ts'
import { createCertificateAuthority } from './authority.ts'
import { addRights, cachedDomain, configured, onLoopback, rootPassword } from './samba-domain.ts'
import { domainDn, ouOf, privilegedGroup, serviceDn } from './samba-people.ts'
import { suspendProcess } from './suspend-process.ts'

const program = '/usr/sbin/samba'
/** The LDAP ports of a domain are fixed and privileged: only root may listen on them. */
export const hasSambaAd = () => existsSync(program) && process.getuid?.() === 0

const configuration = (folder: string) => `[global]
netbios name = DC1
realm = AD.UNIV.EXAMPLE
workgroup = ADUNIV
server role = active directory domain controller
server services = ldap
private dir = ${folder}/private
state directory = ${folder}/state
cache directory = ${folder}/cache
lock directory = ${folder}
pid directory = ${folder}
ncalrpc dir = ${folder}/ncalrpc
tls enabled = yes
tls certfile = ${folder}/server.pem
tls keyfile = ${folder}/server.key
tls cafile = ${folder}/ca.pem
old password allowed period = 0
`

/** A loopback address whose LDAPS port is free. */
const freeAddress = async (): Promise<string> => {
  for (;;) {
    const address = `127.0.${50 + Math.floor(Math.random() * 150)}.${1 + Math.floor(Math.random() * 250)}`
    const taken = await new Promise<boolean>(resolve => {
      const socket = createConnection({ host: address, port: 636 }, () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (!taken) return address
  }
}

/** A real Samba domain controller with people, in a temporary folder, on a separate loopback address. */
export const startSambaAd = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-samba-'))
  const address = await freeAddress()
  const url = `ldaps://${address}`
  cpSync(cachedDomain(), folder, { recursive: true, preserveTimestamps: true })
  createCertificateAuthority(folder, address)
  const portalPassword = `Portal-${randomBytes(12).toString('base64url')}-1a`
  writeFileSync(join(folder, 'portal.password'), `${portalPassword}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'etc/smb.conf'), configuration(folder))
  mkdirSync(join(folder, 'cache'), { recursive: true })
  const caFile = join(folder, 'ca.pem')
  let child: ChildProcess

  const asRoot = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({
      url,
      tlsOptions: { ca: readFileSync(caFile), host: address },
      connectTimeout: 1000,
      timeout: 20_000,
      strictDN: false,
    })
    try {
      await client.bind(`administrator@ad.univ.example`, rootPassword)
      return await work(client)
    } finally {
      await client.unbind().catch(() => {})
    }
  }

  const launch = async () => {
    // In a separate process group: its many processes are paused and killed together.
    child = spawn(
      program,
      ['-i', '--no-process-group', '-M', 'prefork', ...configured(folder), ...onLoopback(address)],
      { stdio: 'ignore', detached: true },
    )
    for (let tries = 0; ; tries += 1)
      try {
        return await asRoot(async () => {})
      } catch (fault) {
        if (tries > 400) throw fault
        await new Promise(resolve => setTimeout(resolve, 100))
      }
  }
  await launch()
  await asRoot(client => setPassword(client, serviceDn, portalPassword))

  const signal = (name: NodeJS.Signals) => {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
  }
  const exited = () =>
    new Promise<void>(resolve =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
    )

  const connectionSettings = {
    urls: [url],
    caFile,
    bindDn: serviceDn,
    passwordFile: join(folder, 'portal.password'),
    connectTimeout: 2000,
    answerTimeout: 3000,
  }

  return {
    url,
    address,
    caFile,
    passwordFile: join(folder, 'portal.password'),
    /** Settings of this domain as the target of a service: all accounts, found by login. */
    accounts: () =>
      activeDirectoryAccounts.parse({
        ...connectionSettings,
        base: domainDn,
        privilegedGroups: [privilegedGroup],
      }),
    settings: (
      changes: Partial<Parameters<typeof activeDirectorySettings.parse>[0] & ActiveDirectorySettings> = {},
    ): ActiveDirectorySettings =>
      activeDirectorySettings.parse({
        ...connectionSettings,
        populations: {
          student: { base: ouOf('student') },
          staff: { base: ouOf('staff') },
          external: { base: ouOf('external') },
        },
        attributes: { birthDate: 'info' },
        privilegedGroups: [privilegedGroup],
        ...changes,
      }),
    /** Access rules before the others, on each organisational unit of people. */
    addRights: (rules: string) => addRights(folder, rules),
    /** Works as the administrator of the domain, to prepare a test. */
    asRoot,
    pause: () => suspendProcess(child.pid ?? 0, { group: true }),
    resume: () => signal('SIGCONT'),
    kill: async () => {
      signal('SIGKILL')
      await exited()
    },
    start: launch,
    stop: async () => {
      signal('SIGKILL')
      await exited()
      rmSync(folder, { recursive: true, force: true })
    },
    portalPassword: () => portalPassword,
  }
}

const setPassword = (client: Client, dn: string, password: string) => {
  const value = Buffer.from(`"${password}"`, 'utf16le')
  const modification = new Attribute({ type: 'unicodePwd', values: [value] })
  return client.modify(dn, new Change({ operation: 'replace', modification }))
}

export type SambaAd = Awaited<ReturnType<typeof startSambaAd>>
