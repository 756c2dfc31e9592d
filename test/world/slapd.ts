import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { type LdapSettings, ldapSettings } from '../../src/directory/ldap/settings.ts'
import { ntHash } from '../../src/services/samba/nt-hash.ts'
import { makeAuthority } from './authority.ts'
import { bases, dnOf, suffix, type WorldPerson } from './people.ts'
import { freePort } from './ports.ts'
import { schemaLdif } from './schema.ts'
import { silence } from './silence.ts'

/** A real OpenLDAP with SupAnn people, in a folder of its own, on the loopback. */
export type Slapd = Awaited<ReturnType<typeof startSlapd>>

const program = '/usr/sbin/slapd'
export const hasSlapd = () => existsSync(program)

const rootDn = `cn=root,${suffix}`
const rootPassword = 'root-of-the-tests'
const serviceDn = (name: string) => `cn=${name},ou=services,${suffix}`
const portalDn = serviceDn('portal')
/** What binds with an entry of its own; `canary` is the entry whose password a check may write. */
const serviceNames = ['portal', 'radius', 'sso', 'canary'] as const
type Passwords = Readonly<Record<(typeof serviceNames)[number], string>>

const ssha = (password: string) => {
  const salt = randomBytes(8)
  return `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(salt).digest(), salt]).toString('base64')}`
}

const base64 = (attribute: string, value: string) =>
  `${attribute}:: ${Buffer.from(value, 'utf8').toString('base64')}`

/** The single sign-on of the campus reads people as well. */
const withSso = (rule: string) =>
  /attrs=(entry|uidNumber),/.test(rule) || !rule.includes('attrs=')
    ? rule.replace(' by * none', ` by dn.exact="${serviceDn('sso')}" read by * none`)
    : rule

/** The rules that operators copy: what is tested is what is advised. */
const accessRules = () =>
  readFileSync(join(import.meta.dirname, '../../docs/operate/openldap.acl'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('to '))
    .map(withSso)

const configLdif = (folder: string, options: SlapdOptions) => `dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: ${folder}/slapd.pid
olcTLSCACertificateFile: ${folder}/ca.pem
olcTLSCertificateFile: ${folder}/server.pem
olcTLSCertificateKeyFile: ${folder}/server.key
olcThreads: 8

dn: cn=module{0},cn=config
objectClass: olcModuleList
cn: module{0}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb
olcModuleLoad: ppolicy
olcModuleLoad: memberof

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif

include: file:///etc/ldap/schema/cosine.ldif

include: file:///etc/ldap/schema/nis.ldif

include: file:///etc/ldap/schema/inetorgperson.ldif
${schemaLdif}
dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: ${suffix}
olcRootDN: ${rootDn}
olcRootPW: ${rootPassword}
olcDbDirectory: ${folder}/data
olcDbMaxSize: 1073741824
olcDbNoSync: ${options.durable ? 'FALSE' : 'TRUE'}
olcDbIndex: objectClass,entryUUID,uid,supannEtuId,supannEmpId,supannCodeINE eq
${accessRules()
  .map(rule => `olcAccess: ${rule}`)
  .join('\n')}

dn: olcOverlay={0}ppolicy,olcDatabase={1}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: {0}ppolicy
olcPPolicyDefault: cn=default,ou=policies,${suffix}
olcPPolicyHashCleartext: ${options.hashCleartext === false ? 'FALSE' : 'TRUE'}
olcPPolicyUseLockout: FALSE

dn: olcOverlay={1}memberof,olcDatabase={1}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcMemberOf
olcOverlay: {1}memberof
`

const policyLdif = (
  name: string,
  rules: Readonly<Record<string, string>>,
) => `dn: cn=${name},ou=policies,${suffix}
objectClass: device
objectClass: pwdPolicy
cn: ${name}
pwdAttribute: userPassword
${Object.entries({
  pwdMinLength: '8',
  pwdCheckQuality: '1',
  pwdInHistory: '3',
  pwdMaxFailure: '10',
  pwdLockout: 'TRUE',
  pwdLockoutDuration: '60',
  ...rules,
})
  .map(([attribute, value]) => `${attribute}: ${value}`)
  .join('\n')}
`

export const domainSid = 'S-1-5-21-1004336348-1177238915-682003330'

/** Of ten people nine are known to eduroam, and one of the tenths has no number either to make an account of. */
const accountLines = ({ password }: WorldPerson, index: number) => {
  const uidNumber = 20_000 + index
  const posix = [
    'objectClass: posixAccount',
    `uidNumber: ${uidNumber}`,
    'gidNumber: 100',
    'homeDirectory: /home',
  ]
  const shadow = ['objectClass: shadowAccount', 'shadowLastChange: 19000']
  const samba = ['objectClass: sambaSamAccount', `sambaSID: ${domainSid}-${uidNumber * 2 + 1000}`]
  const hash = [`sambaNTPassword: ${ntHash(password ?? '')}`, 'sambaPwdLastSet: 1600000000']
  return [
    ...(index % 20 === 9 ? [] : posix),
    ...(index % 4 === 0 ? shadow : []),
    ...(index % 10 === 9 ? [] : samba),
    ...(index % 10 === 9 || !password ? [] : hash),
  ]
}

const isClass = (line: string) => line.startsWith('objectClass:')

const personLdif = (person: WorldPerson, index: number) => {
  const lines = [
    'objectClass: inetOrgPerson',
    'objectClass: supannPerson',
    `uid: ${person.uid}`,
    base64('cn', `${person.firstName} ${person.familyName}`),
    base64('displayName', `${person.firstName} ${person.familyName}`),
    base64('givenName', person.firstName),
    base64('sn', person.familyName),
    ...person.addresses.map(mail => `mail: ${mail}`),
    ...person.privateAddresses.map(mail => `supannMailPrive: ${mail}`),
    ...(person.born ? [`supannOIDCDateDeNaissance: ${person.born}`] : []),
    ...(person.studentNumber ? [`supannEtuId: ${person.studentNumber}`] : []),
    ...(person.ine ? [`supannCodeINE: ${person.ine}`] : []),
    ...(person.staffNumber ? [`supannEmpId: ${person.staffNumber}`] : []),
    ...(person.endsAt
      ? [`${person.population === 'student' ? 'supannEtuDateFin' : 'supannEmpDateFin'}: ${person.endsAt}`]
      : []),
    ...accountLines(person, index),
    ...(person.password ? [`userPassword: ${ssha(person.password)}`] : []),
    ...(person.uid === 'jeune' ? [`pwdPolicySubentry: cn=slow,ou=policies,${suffix}`] : []),
    ...(person.privileged ? [`memberOf: cn=admins,ou=groups,${suffix}`] : []),
  ]
  // slapadd wants the values of one attribute together.
  const together = lines.toSorted((a, b) => Number(isClass(b)) - Number(isClass(a)))
  return `${[`dn: ${dnOf(person)}`, ...together].join('\n')}\n`
}

const treeLdif = (passwords: Passwords) => `dn: ${suffix}
objectClass: dcObject
objectClass: organization
o: Université d'exemple
dc: univ

${['etudiants', 'personnels', 'externes', 'services', 'policies', 'groups'].map(ou => `dn: ou=${ou},${suffix}\nobjectClass: organizationalUnit\nou: ${ou}\n`).join('\n')}
${policyLdif('default', {})}
${policyLdif('slow', { pwdMinAge: '86400' })}
${policyLdif('reset', { pwdMustChange: 'TRUE' })}
${serviceNames
  .map(
    name => `dn: ${serviceDn(name)}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: ${name}
userPassword: ${ssha(passwords[name])}
`,
  )
  .join('\n')}`

const groupLdif = (people: readonly WorldPerson[]) => `dn: cn=admins,ou=groups,${suffix}
objectClass: groupOfNames
cn: admins
${people
  .filter(({ privileged }) => privileged)
  .map(person => `member: ${dnOf(person)}`)
  .join('\n')}
`

type SlapdOptions = {
  readonly people: readonly WorldPerson[]
  readonly hashCleartext?: boolean
  /** Writes reach the disk before they are answered, as in production; tests are faster without. */
  readonly durable?: boolean
}

export const startSlapd = async (options: SlapdOptions) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-slapd-'))
  for (const part of ['conf', 'data']) mkdirSync(join(folder, part))
  makeAuthority(folder)
  const passwords = Object.fromEntries(
    serviceNames.map(name => [name, randomBytes(12).toString('base64url')]),
  ) as Passwords
  for (const [name, password] of Object.entries(passwords))
    writeFileSync(join(folder, `${name}.password`), `${password}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'config.ldif'), configLdif(folder, options))
  writeFileSync(
    join(folder, 'data.ldif'),
    [treeLdif(passwords), ...options.people.map(personLdif), groupLdif(options.people)].join('\n'),
  )
  const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }
  execFileSync(
    '/usr/sbin/slapadd',
    ['-n', '0', '-F', join(folder, 'conf'), '-l', join(folder, 'config.ldif')],
    quiet,
  )
  execFileSync(
    '/usr/sbin/slapadd',
    ['-q', '-n', '1', '-F', join(folder, 'conf'), '-l', join(folder, 'data.ldif')],
    quiet,
  )
  const plain = await freePort()
  const secure = await freePort()
  const urls = { ldap: `ldap://127.0.0.1:${plain}`, ldaps: `ldaps://127.0.0.1:${secure}` }
  let child: ChildProcess

  const launch = async () => {
    child = spawn(program, ['-F', join(folder, 'conf'), '-h', `${urls.ldap} ${urls.ldaps}`, '-d', '0'], {
      stdio: 'ignore',
    })
    for (let tries = 0; ; tries += 1) {
      const client = new Client({ url: urls.ldap, connectTimeout: 500 })
      try {
        await client.bind(rootDn, rootPassword)
        await client.unbind()
        return
      } catch (fault) {
        if (tries > 100) throw fault
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
  }
  await launch()

  const bound = async <T>(dn: string, password: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: urls.ldap, strictDN: false })
    await client.bind(dn, password)
    try {
      return await work(client)
    } finally {
      await client.unbind()
    }
  }

  const ended = () =>
    new Promise<void>(resolve =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
    )

  return {
    urls,
    caFile: join(folder, 'ca.pem'),
    portalDn,
    passwordFile: join(folder, 'portal.password'),
    settings: (
      changes: Partial<Parameters<typeof ldapSettings.parse>[0] & LdapSettings> = {},
    ): LdapSettings =>
      ldapSettings.parse({
        urls: [urls.ldaps],
        caFile: join(folder, 'ca.pem'),
        bindDn: portalDn,
        passwordFile: join(folder, 'portal.password'),
        connectTimeout: 1000,
        answerTimeout: 1500,
        populations: {
          student: { base: bases.student },
          staff: { base: bases.staff },
          external: { base: bases.external },
        },
        privilegedGroups: [`cn=admins,ou=groups,${suffix}`],
        ...changes,
      }),
    /** As the root, whom no rule stops: for what a test sets up. */
    asRoot: <T>(work: (client: Client) => Promise<T>) => bound(rootDn, rootPassword, work),
    as: <T>(name: keyof Passwords, work: (client: Client) => Promise<T>) =>
      bound(serviceDn(name), passwords[name], work),
    pause: () => silence(child.pid ?? 0),
    resume: () => child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL')
      await ended()
    },
    start: launch,
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await ended()
      rmSync(folder, { recursive: true, force: true })
    },
    /** What a server of the campus binds with. */
    service: (name: keyof Passwords) => ({
      dn: serviceDn(name),
      password: passwords[name],
      passwordFile: join(folder, `${name}.password`),
    }),
  }
}
