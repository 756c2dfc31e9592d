import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attribute, Change, Client } from 'ldapts'
import {
  type ActiveDirectorySettings,
  activeDirectorySettings,
} from '../../src/directory/active-directory/settings.ts'
import { makeAuthority } from './authority.ts'
import { type WorldPerson, worldPeople } from './people.ts'
import { domainDn, organisationLdif, ouOf, peopleLdif, serviceDn } from './samba-people.ts'

const program = '/usr/sbin/samba'
/** LDAP ports are fixed in a domain: only root may listen there. */
export const hasSambaAd = () => existsSync(program) && process.getuid?.() === 0

const rootPassword = 'Root-Of-The-Tests-1'
const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }

/** The rights that operators give: what is tested is what is advised. */
const advisedRights = () =>
  readFileSync(join(import.meta.dirname, '../../docs/operate/active-directory.acl'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('(OA;'))

/** Samba wants a broadcast address, which a /32 has not; it binds to that address alone all the same. */
const onLoopback = (address: string) => [
  `--option=interfaces=${address}/8`,
  '--option=bind interfaces only=yes',
]

const configured = (folder: string) => ['-s', join(folder, 'etc/smb.conf')]
const samOf = (folder: string) => ['-H', join(folder, 'private/sam.ldb')]

const sambaTool = (...given: string[]) => execFileSync('/usr/bin/samba-tool', given, quiet)

const delegate = (folder: string) => {
  const shown = execFileSync(
    '/usr/bin/samba-tool',
    ['user', 'show', 'portal', '--attributes=objectSid', ...configured(folder), ...samOf(folder)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const sid = /S-1-[\d-]+/.exec(shown)?.[0] ?? ''
  for (const population of ['student', 'staff', 'external'] as const)
    for (const right of advisedRights())
      sambaTool(
        ...['dsacl', 'set', `--objectdn=${ouOf(population)}`, `--sddl=${right.replace('PORTAL', sid)}`],
        ...configured(folder),
        ...samOf(folder),
      )
}

const provision = (folder: string, address: string, people: readonly WorldPerson[]) => {
  const empty = `${folder}.empty.conf`
  writeFileSync(empty, '')
  sambaTool(
    ...['domain', 'provision', `--configfile=${empty}`, `--targetdir=${folder}`],
    ...['--realm=AD.UNIV.EXAMPLE', '--domain=ADUNIV', '--server-role=dc', '--dns-backend=NONE'],
    ...[`--adminpass=${rootPassword}`, '--host-name=dc1', `--host-ip=${address}`],
    ...onLoopback(address),
  )
  sambaTool(
    ...['domain', 'passwordsettings', 'set', '--min-pwd-age=0', '--min-pwd-length=8', '--history-length=3'],
    ...configured(folder),
    ...samOf(folder),
  )
  for (const [name, text] of [
    ['organisation', organisationLdif()],
    ['people', peopleLdif(people)],
  ] as const) {
    const file = join(folder, `${name}.ldif`)
    writeFileSync(file, text, { mode: 0o600 })
    execFileSync(
      '/usr/bin/ldbadd',
      [`--configfile=${join(folder, 'etc/smb.conf')}`, ...samOf(folder), file],
      quiet,
    )
  }
  delegate(folder)
  rmSync(empty)
}

/** A domain takes ten seconds to make, and is the same each time: one is kept, and copied for each start. */
const domainFor = (folder: string, address: string, people: readonly WorldPerson[]) => {
  const sources = ['samba-ad.ts', 'samba-people.ts', '../../docs/operate/active-directory.acl']
  const digest = createHash('sha256').update(JSON.stringify(people))
  for (const source of sources) digest.update(readFileSync(join(import.meta.dirname, source)))
  const kept = join(tmpdir(), `sesame-domain-${digest.digest('hex').slice(0, 16)}`)
  if (!existsSync(kept)) {
    const made = mkdtempSync(join(tmpdir(), 'sesame-domain-made-'))
    provision(join(made, 'd'), address, people)
    try {
      renameSync(join(made, 'd'), kept)
    } catch {
      // Another test file was faster: its domain serves as well.
    }
    rmSync(made, { recursive: true, force: true })
  }
  cpSync(kept, folder, { recursive: true, preserveTimestamps: true })
}

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

/** A free address of the loopback whose LDAPS port nobody holds. */
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

/** A real Samba domain controller with people, in a folder of its own, on a loopback address of its own. */
export const startSambaAd = async (people: readonly WorldPerson[] = worldPeople(0)) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-samba-'))
  const address = await freeAddress()
  const url = `ldaps://${address}`
  domainFor(folder, '127.0.0.50', people)
  makeAuthority(folder, address)
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
    // A group of its own: its many processes are stopped, paused and killed together.
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
  const ended = () =>
    new Promise<void>(resolve =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
    )

  return {
    url,
    address,
    caFile,
    passwordFile: join(folder, 'portal.password'),
    settings: (
      changes: Partial<Parameters<typeof activeDirectorySettings.parse>[0] & ActiveDirectorySettings> = {},
    ): ActiveDirectorySettings =>
      activeDirectorySettings.parse({
        urls: [url],
        caFile,
        bindDn: serviceDn,
        passwordFile: join(folder, 'portal.password'),
        connectTimeout: 2000,
        answerTimeout: 3000,
        populations: {
          student: { base: ouOf('student') },
          staff: { base: ouOf('staff') },
          external: { base: ouOf('external') },
        },
        attributes: { birthDate: 'info' },
        privilegedGroups: [`CN=admins,OU=groups,${domainDn}`],
        ...changes,
      }),
    /** As the administrator of the domain: for what a test sets up. */
    asRoot,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill: async () => {
      signal('SIGKILL')
      await ended()
    },
    start: launch,
    stop: async () => {
      signal('SIGKILL')
      await ended()
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
