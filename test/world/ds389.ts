import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attribute, Change, Client } from 'ldapts'
import { type LdapSettings, ldapSettings } from '../../src/directory/ldap/settings.ts'
import { bases, dnOf, suffix, type WorldPerson } from './people.ts'
import { freePort } from './ports.ts'
import { root } from './root.ts'
import { schemaOf389 } from './schema.ts'
import { suspendProcess } from './suspend-process.ts'

/** A real 389 Directory Server with SupAnn people: a separate instance on the loopback. */
const program = '/usr/sbin/ns-slapd'
const rootDn = 'cn=Directory Manager'
const rootPassword = 'Directory-Manager-1'
const portalDn = `cn=portal,ou=services,${suffix}`

export const hasDs389 = () => existsSync(program) && process.getuid?.() === 0

const setUp = (name: string, plain: number, secure: number) => `[general]
config_version = 2
full_machine_name = localhost
strict_host_checking = False
systemd = False
selinux = False
[slapd]
instance_name = ${name}
port = ${plain}
secure_port = ${secure}
root_password = ${rootPassword}
self_sign_cert = True
[backend-userroot]
suffix = ${suffix}
create_suffix_entry = True
`

/** The password policy that the directory contract expects, as on OpenLDAP. */
const config = {
  'nsslapd-listenhost': '127.0.0.1',
  'nsslapd-securelistenhost': '127.0.0.1',
  passwordIsGlobalPolicy: 'on',
  passwordCheckSyntax: 'on',
  passwordMinLength: '8',
  passwordMinTokenLength: '10',
  passwordHistory: 'on',
  passwordInHistory: '3',
}

const personEntry = (person: WorldPerson) => {
  const end = person.population === 'student' ? 'supannEtuDateFin' : 'supannEmpDateFin'
  const held: Record<string, string | string[] | undefined> = {
    objectClass: ['inetOrgPerson', 'supannPerson', ...(person.privileged ? ['nsMemberOf'] : [])],
    uid: person.uid,
    cn: `${person.firstName} ${person.familyName}`,
    displayName: `${person.firstName} ${person.familyName}`,
    givenName: person.firstName,
    sn: person.familyName,
    mail: [...person.addresses],
    supannMailPrive: [...person.privateAddresses],
    supannOIDCDateDeNaissance: person.born ?? undefined,
    supannEtuId: person.studentNumber,
    supannCodeINE: person.ine,
    supannEmpId: person.staffNumber,
    [end]: person.endsAt,
    userPassword: person.password,
    memberOf: person.privileged ? `cn=admins,ou=groups,${suffix}` : undefined,
  }
  const given = Object.entries(held).filter(([, value]) => value !== undefined && value.length > 0)
  return Object.fromEntries(given) as Record<string, string | string[]>
}

const lines = () => readFileSync(join(root, 'docs/operate/389ds.aci'), 'utf8').split('\n')
const rights = () => lines().filter(line => line.startsWith('('))
const configRights = () =>
  lines().flatMap(line => (line.startsWith('cn=config: ') ? [line.slice('cn=config: '.length)] : []))

const fill = async (client: Client, people: readonly WorldPerson[], portalPassword: string) => {
  const modification = new Attribute({ type: 'aci', values: rights() })
  await client.modify(suffix, new Change({ operation: 'replace', modification }))
  const ofConfig = new Attribute({ type: 'aci', values: configRights() })
  await client.modify('cn=config', new Change({ operation: 'add', modification: ofConfig }))
  for (const ou of ['etudiants', 'personnels', 'externes', 'services', 'groups'])
    await client.add(`ou=${ou},${suffix}`, { objectClass: 'organizationalUnit', ou })
  await client.add(portalDn, {
    objectClass: ['applicationProcess', 'simpleSecurityObject'],
    cn: 'portal',
    userPassword: portalPassword,
  })
  for (const person of people) await client.add(dnOf(person), personEntry(person))
  await client.add(`cn=admins,ou=groups,${suffix}`, {
    objectClass: 'groupOfNames',
    cn: 'admins',
    member: people.filter(({ privileged }) => privileged).map(dnOf),
  })
}

/** Creates the instance in a separate network namespace, because a new one listens on every address until it is configured. */
const make = (folder: string, name: string, plain: number, secure: number) => {
  const file = join(folder, 'set-up.inf')
  writeFileSync(file, setUp(name, plain, secure), { mode: 0o600 })
  const script = join(root, 'test/world/ds389.py')
  const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }
  execFileSync('unshare', ['-n', '/usr/bin/python3', script, file], quiet)
  return Number(readFileSync(`/run/dirsrv/slapd-${name}.pid`, 'utf8'))
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const until = async (what: string, is: () => Promise<boolean> | boolean) => {
  for (let tries = 0; !(await is()); tries += 1) {
    if (tries > 600) throw new Error(`389 DS: ${what} did not come`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Starts an instance with these people. Stop it with `stop`, which deletes it. */
export const startDs389 = async (people: readonly WorldPerson[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-389-'))
  const [plain, secure] = [await freePort(), await freePort()]
  const name = `sesame${secure}`
  const home = `/etc/dirsrv/slapd-${name}`
  const pidFile = `/run/dirsrv/slapd-${name}.pid`
  const urls = { ldap: `ldap://127.0.0.1:${plain}`, ldaps: `ldaps://localhost:${secure}` }
  const portalPassword = randomBytes(12).toString('base64url')
  writeFileSync(join(folder, 'portal.password'), portalPassword, { mode: 0o600 })

  const first = make(folder, name, plain, secure)
  process.kill(first, 'SIGTERM')
  await until('its end', () => !isAlive(first))
  appendFileSync(join(home, 'schema', '98supann.ldif'), schemaOf389)
  const dse = join(home, 'dse.ldif')
  const named = /^dn: cn=config$/m
  const configLines = Object.entries(config).map(([attribute, value]) => `${attribute}: ${value}`)
  const kept = readFileSync(dse, 'utf8')
    .split('\n')
    .filter(line => !Object.keys(config).some(attribute => line.startsWith(`${attribute}:`)))
    .join('\n')
  writeFileSync(dse, kept.replace(named, ['dn: cn=config', ...configLines].join('\n')))

  let child: ChildProcess
  const asRoot = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: urls.ldap, strictDN: false, connectTimeout: 1000 })
    await client.bind(rootDn, rootPassword)
    try {
      return await work(client)
    } finally {
      await client.unbind()
    }
  }
  const launch = async () => {
    child = spawn(program, ['-D', home, '-i', pidFile, '-d', '0'], { stdio: 'ignore' })
    await until('its answer', () => asRoot(async () => true).catch(() => false))
  }
  const exited = () =>
    new Promise<void>(resolve =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
    )
  await launch()
  await asRoot(client => fill(client, people, portalPassword))

  return {
    urls,
    asRoot,
    portalPassword,
    settings: (
      changes: Partial<Parameters<typeof ldapSettings.parse>[0] & LdapSettings> = {},
    ): LdapSettings =>
      ldapSettings.parse({
        urls: [urls.ldaps],
        caFile: join(home, 'ca.crt'),
        bindDn: portalDn,
        passwordFile: join(folder, 'portal.password'),
        connectTimeout: 2000,
        answerTimeout: 3000,
        populations: {
          student: { base: bases.student },
          staff: { base: bases.staff },
          external: { base: bases.external },
        },
        attributes: { id: 'nsUniqueId' },
        privilegedGroups: [`cn=admins,ou=groups,${suffix}`],
        ...changes,
      }),
    pause: () => suspendProcess(child.pid ?? 0),
    resume: () => child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL')
      await exited()
    },
    start: launch,
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await exited()
      for (const place of [home, `/var/lib/dirsrv/slapd-${name}`, `/var/log/dirsrv/slapd-${name}`, folder])
        rmSync(place, { recursive: true, force: true })
    },
  }
}
