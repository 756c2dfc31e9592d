import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ntHash } from '../../src/services/samba/nt-hash.ts'
import { dnOf, suffix, type WorldPerson } from './people.ts'
import { schemaLdif } from './schema.ts'

export const rootDn = `cn=root,${suffix}`
export const rootPassword = 'root-of-the-tests'
export const serviceDn = (name: string) => `cn=${name},ou=services,${suffix}`
/** Service accounts that bind. `canary` is the entry whose password a configuration check may write. */
export const serviceNames = ['portal', 'radius', 'sso', 'canary'] as const
export type Passwords = Readonly<Record<(typeof serviceNames)[number], string>>

const ssha = (password: string) => {
  const salt = randomBytes(8)
  return `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(salt).digest(), salt]).toString('base64')}`
}

const base64 = (attribute: string, value: string) =>
  `${attribute}:: ${Buffer.from(value, 'utf8').toString('base64')}`

/** Adds read access for the single sign-on server of the campus. */
const withSso = (rule: string) =>
  /attrs=(entry|uidNumber),/.test(rule) || !rule.includes('attrs=')
    ? rule.replace(' by * none', ` by dn.exact="${serviceDn('sso')}" read by * none`)
    : rule

/** The access rules that the documentation recommends, so that tests use them too. */
const accessRules = (change: SlapdOptions['access'] = rules => rules) =>
  change(recommendedRules()).map(withSso)

const recommendedRules = () =>
  readFileSync(join(import.meta.dirname, '../../docs/operate/openldap.acl'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('to '))

/** As docs/operate/install.md recommends it: without, a search in pages ends after 500 entries. */
const limitsOf = ({
  portalLimits = `dn.exact="${serviceDn('portal')}" size.prtotal=unlimited`,
}: SlapdOptions) => (portalLimits ? `olcLimits: ${portalLimits}\n` : '')

/** Its provider is never reached: the replica keeps the entries that it starts with. */
const replicaLines = (provider: NonNullable<SlapdOptions['replicaOf']>) => {
  const never = `rid=001 provider=ldap://127.0.0.1:1 bindmethod=simple searchbase="${suffix}" type=refreshOnly interval=01:00:00:00 retry="86400 +"`
  return `olcSyncrepl: ${never}${provider === 'unwilling' ? '' : `\nolcUpdateRef: ${provider}`}`
}

/** Below the folder of the first, which is there. */
const secondDatabaseLdif = ({ suffix: other, indexes }: NonNullable<SlapdOptions['secondDatabase']>) => `
dn: olcDatabase={2}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {2}mdb
olcSuffix: ${other}
olcDbDirectory: conf
olcDbMaxSize: 10485760
olcDbIndex: ${indexes}
`

const monitorLdif = ({ monitor, secondDatabase }: SlapdOptions) => {
  if (monitor === false) return ''
  const name = `{${secondDatabase ? 3 : 2}}monitor`
  const reader = monitor === 'hidden' ? '' : `dn.exact="${serviceDn('portal')}" read by `
  return `
dn: olcDatabase=${name},cn=config
objectClass: olcDatabaseConfig
olcDatabase: ${name}
olcAccess: to dn.subtree="cn=Monitor" by ${reader}* none
`
}

/** Paths are relative to the folder in which slapd starts, so that a copy of the folder works too. */
export const configLdif = (options: SlapdOptions) => `dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: slapd.pid
olcTLSCACertificateFile: ca.pem
olcTLSCertificateFile: server.pem
olcTLSCertificateKeyFile: server.key
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
dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
${options.changesConfig ? `olcRootPW: ${rootPassword}\n` : ''}${
  options.hidesIndexes
    ? ''
    : `olcAccess: to dn.subtree="cn=config" attrs=entry,olcSuffix,olcDbIndex,olcPPolicyDefault,olcPPolicyDisableWrite by dn.exact="${serviceDn('portal')}" read by * none
`
}
dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: ${suffix}
olcRootDN: ${rootDn}
olcRootPW: ${rootPassword}
olcDbDirectory: data
olcDbMaxSize: 1073741824
olcDbNoSync: ${options.durable ? 'FALSE' : 'TRUE'}
${options.replicaOf ? replicaLines(options.replicaOf) : '#'}
${options.restricts ? `olcRestrict: ${options.restricts}` : '#'}
${options.sizeLimit ? `olcSizeLimit: ${options.sizeLimit}\n` : ''}${limitsOf(options)}olcDbIndex: ${options.indexes ?? 'objectClass,entryUUID,uid,supannEtuId,supannEmpId,supannCodeINE eq'}
${accessRules(options.access)
  .map(rule => `olcAccess: ${rule}`)
  .join('\n')}

dn: olcOverlay={0}ppolicy,olcDatabase={1}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: {0}ppolicy
olcPPolicyDefault: cn=default,ou=policies,${suffix}
olcPPolicyHashCleartext: ${options.hashCleartext === false ? 'FALSE' : 'TRUE'}
olcPPolicyUseLockout: FALSE
olcPPolicyDisableWrite: ${options.recordsNothing ? 'TRUE' : 'FALSE'}

dn: olcOverlay={1}memberof,olcDatabase={1}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcMemberOf
olcOverlay: {1}memberof
${options.secondDatabase ? secondDatabaseLdif(options.secondDatabase) : ''}${monitorLdif(options)}`

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

/** Nine people of ten have a Samba account. Half of the others have no POSIX account from which one could be created. */
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

export type SlapdOptions = {
  readonly people: readonly WorldPerson[]
  readonly hashCleartext?: boolean
  /** The password policies record nothing: neither failures nor old passwords. */
  readonly recordsNothing?: true
  /** Changes the recommended access rules, as an institution with others would have them. */
  readonly access?: (rules: readonly string[]) => readonly string[]
  /** A test may change cn=config (`asConfig`). */
  readonly changesConfig?: true
  /** Entries that one search returns at most. */
  readonly sizeLimit?: number
  /** The value of olcDbIndex. */
  readonly indexes?: string
  /** Another database, empty, with this suffix and this value of olcDbIndex. */
  readonly secondDatabase?: { readonly suffix: string; readonly indexes: string }
  /** The portal may not read cn=config. */
  readonly hidesIndexes?: true
  /** False: no cn=Monitor, in which the server shows its time; `hidden`: the portal may not read it. */
  readonly monitor?: false | 'hidden'
  /** The value of olcLimits; null for none. */
  readonly portalLimits?: string | null
  /** Waits for the disk before each answer, as in production. Tests are faster without. */
  readonly durable?: boolean
  /** A replica that answers a write with a referral to this server; `unwilling`: one that knows no other server. */
  readonly replicaOf?: 'unwilling' | `ldap://${string}`
  /** Operations that the server is unwilling to carry out (olcRestrict). */
  readonly restricts?: 'search'
}

/** All entries at the start. */
export const dataLdif = (passwords: Passwords, people: readonly WorldPerson[]) =>
  [treeLdif(passwords), ...people.map(personLdif), groupLdif(people)].join('\n')
