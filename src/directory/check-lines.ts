import type { CheckLine } from './check-line.ts'
import type { Finding } from './directory.ts'
import { importedLines } from './imported/check-lines.ts'

/**
 * What `sesame check` can find wrong, by the name that it prints first. This table is the only place of the severities and the
 * remedies: `docs/reference/check.md` is generated from it, and `test/check-lines.test.ts` requires a test of each line.
 */
const lines = {
  'secret-file': {
    how: 'The mode of each file of a secret, of the root key and of the SQLite store is read.',
    level: 'wrong',
    remedy: 'chmod o= {file}',
  },
  owner: {
    how: 'The owner of the data folder is compared with the user of this command, before anything else.',
    level: 'wrong',
    remedy: 'sudo -u "#{uid}" sesame check',
  },
  store: {
    how: 'The store is opened for reading alone, and the digests of its tables are compared with those of this version.',
    level: 'wrong',
    remedy: 'Follow docs/operate/upgrade.md: use the version that made this store, or restore a backup.',
  },
  'store-connection': {
    how: 'The store is opened for reading alone.',
    level: 'wrong',
    remedy:
      'Correct DATABASE_URL or databaseUrlFile, or start PostgreSQL; with SQLite, restore {file} from a backup.',
  },
  'store-clock': {
    how: 'The time of the PostgreSQL server is compared with the time of this machine.',
    level: 'warning',
    remedy: 'timedatectl set-ntp true (on both machines)',
  },
  connection: {
    how: 'The portal’s entry binds on each server of the directory.',
    level: 'wrong',
    remedy: 'Correct directory.urls, caFile, bindDn or passwordFile, or start the server.',
  },
  server: {
    how: 'The portal’s entry binds on each server of the directory, not only on the first that answers.',
    level: 'warning',
    remedy: 'Start {url}, or take it out of directory.urls.',
  },
  'directory-clock': {
    how: 'The time that the directory publishes (currentTime, or cn=Monitor of OpenLDAP) is compared with the time of this machine.',
    level: 'warning',
    remedy: 'timedatectl set-ntp true (on both machines)',
  },
  'directory-clock-unknown': {
    how: 'The same time is searched.',
    level: 'warning',
    remedy:
      'In olcDatabase={2}monitor,cn=config (its number may be another): add: olcAccess, olcAccess: {0}to dn.subtree="cn=Monitor" by dn.exact="{bindDn}" read by * break. Without such an entry, add it: dn: olcDatabase=monitor,cn=config, objectClass: olcDatabaseConfig, olcDatabase: monitor, and the same olcAccess. Or compare by hand: date -u',
  },
  people: {
    how: 'Every entry of each population is read, in pages, by the filter and the attributes of a journey.',
    level: 'wrong',
    remedy:
      'Correct directory.populations.{population}, or give the portal’s entry the rights of docs/operate.',
  },
  'size-limit': {
    how: 'Every entry of each population is read, in pages. Beyond a limit of the server (of size, of time, of entries looked at, of a page) nothing is counted.',
    level: 'untried',
    remedy:
      'In the database of the people: add: olcLimits, olcLimits: {0}dn.exact="{bindDn}" size.prtotal=unlimited size.pr=unlimited size.unchecked=unlimited time=unlimited (389 DS: nsSizeLimit, nsLookThroughLimit and nsTimeLimit: -1 in that entry)',
  },
  'stable-id': {
    how: 'Each entry of the population is read as a journey reads it.',
    level: 'share',
    remedy:
      'Let the portal’s entry read {attribute}, or set directory.attributes.id (entryUUID on OpenLDAP, nsUniqueId on 389 DS).',
  },
  'reusable-id': {
    how: 'directory.attributes.id is compared with the attributes of the login and of the numbers.',
    level: 'warning',
    remedy:
      'Before people use the portal: directory: { attributes: { id: entryUUID } } (389 DS: nsUniqueId). Afterwards everybody would begin anew: let no {attribute} be given again within limits.departedKept.',
  },
  login: {
    how: 'Each entry of the population is read as a journey reads it.',
    level: 'share',
    remedy: 'Let the portal’s entry read {attribute}, or set directory.attributes.login.',
  },
  'birth-date': {
    how: 'Each entry of the population is read as a journey reads it.',
    level: 'share',
    remedy:
      'Let the portal’s entry read {attribute}, or set directory.attributes.birthDate, or complete the entries.',
  },
  'birth-date-form': {
    how: 'Each birth date is read by the configured format; the example shows its form, each digit replaced by 9.',
    level: 'share',
    remedy: '{setting}',
  },
  'birth-date-impossible': {
    how: 'Each birth date of the configured format is tried by the rule that refuses a typed date before any search.',
    level: 'share',
    remedy: 'Correct these values of {attribute} in the directory; a day or a month that is not known is 00.',
  },
  'end-date-form': {
    how: 'Each date of end is read as a journey reads it; the example shows its form, each digit replaced by 9.',
    level: 'warning',
    remedy:
      'Correct these values in the directory: 20260831215959Z, 2026-08-31 or 31/08/2026 (Active Directory: accountExpires).',
  },
  names: {
    how: 'Each entry of the population is read as a journey reads it.',
    level: 'share',
    remedy:
      'Let the portal’s entry read {attribute}, or set directory.attributes.firstNames and familyNames.',
  },
  address: {
    how: 'Each entry of the population is read as a journey reads it; labels such as {PERSO} are removed.',
    level: 'share',
    remedy: 'Let the portal’s entry read {attribute}, or set directory.attributes.addresses.',
  },
  'smtp-utf8': {
    how: 'The answer of the mail server to EHLO is read; where it does not announce SMTPUTF8 (RFC 6531), the people are counted who have an address that needs it.',
    level: 'warning',
    remedy:
      'Use a mail server with SMTPUTF8 (Postfix: smtputf8_enable = yes), or give these people another address in {attribute}.',
  },
  'no-number': {
    how: 'The attribute of each card is read from every entry of its population.',
    level: 'warning',
    remedy: 'Let the portal’s entry read {attribute}, or set directory.numbers.{kind}.attribute.',
  },
  'number-form': {
    how: 'For each number of the population it is computed whether the searches of a journey include it as it is stored.',
    level: 'share',
    remedy: '{setting}',
  },
  'number-characters': {
    how: 'Each number of the population is tried by the rule that refuses a typed number before any search.',
    level: 'share',
    remedy: 'Change these values in the directory, or set directory.numbers.{kind}.attribute.',
  },
  'number-twice': {
    how: 'The numbers of each population are compared with one another.',
    level: 'warning',
    remedy: 'Correct these entries in the directory: a number is of one person.',
  },
  identification: {
    how: 'By the card of each number, the people of the population are counted who have that number alone, a birth date, an id and a login, and whose account is neither closed nor privileged.',
    level: 'wrong',
    remedy: 'Follow the other lines on this population and this number.',
  },
  lookup: {
    how: 'The search of a journey is made for some people of each card; it must find the person, and find the entry again by its id.',
    level: 'wrong',
    remedy:
      'In the database of the people: add: olcAccess, olcAccess: {0}to dn.subtree="{base}" attrs={attribute},{id} by dn.exact="{bindDn}" read by * break; where the right was there, check the equality rules of their schema.',
  },
  hidden: {
    how: 'Entries that have the attribute are searched; one that comes without it shows that it may be searched, and not read. An attribute that may not even be compared (RFC 4511 §4.10) is hidden too.',
    level: 'wrong',
    remedy:
      'In the database of the people: add: olcAccess, olcAccess: {0}to dn.subtree="{base}" attrs={attribute} by dn.exact="{bindDn}" read by * break (389 DS: docs/operate/389ds.aci)',
  },
  'no-attribute': {
    how: 'An LDAP compare of the attribute is answered by undefinedAttributeType (RFC 4511 §A.2).',
    level: 'wrong',
    remedy: 'Set {setting} to an attribute of the schema.',
  },
  'password-right': {
    how: 'Of an entry of each population a value of userPassword is removed that no entry has. The server refuses it whatever the rights are, and says whether they were missing: nothing is written.',
    level: 'wrong',
    remedy:
      'In the database of the people: add: olcAccess, olcAccess: {0}to dn.subtree="{base}" attrs=userPassword by dn.exact="{bindDn}" =w by self =xw by anonymous auth by * none (389 DS: docs/operate/389ds.aci)',
  },
  'password-right-unknown': {
    how: 'The same attempt, with an answer that says nothing about rights, or without a person to try it on.',
    level: 'untried',
    remedy: 'Reset the password of one test account through the portal.',
  },
  'old-password': {
    how: 'pwdSafeModify of each password policy is compared with TRUE.',
    level: 'wrong',
    remedy: 'In {policy}: replace: pwdSafeModify, pwdSafeModify: FALSE',
  },
  'old-password-unknown': {
    how: 'The server announces password policies (draft-behera-ldap-password-policy), and the portal’s entry searches them.',
    level: 'untried',
    remedy:
      'In the database of the policies: add: olcAccess, olcAccess: {0}to dn.subtree="{base}" filter=(objectClass=pwdPolicy) attrs=entry,objectClass,pwdAttribute,pwdLockout,pwdMaxFailure,pwdFailureCountInterval,pwdSafeModify by dn.exact="{bindDn}" read by * break',
  },
  index: {
    how: 'The indexes of the database are read (olcDbIndex of OpenLDAP, nsIndex of 389 DS, searchFlags in the schema of Active Directory) for each attribute by which journeys search.',
    level: 'warning',
    remedy:
      'In the database of the people: add: olcDbIndex, olcDbIndex: {attribute} eq (389 DS: dsconf INSTANCE backend index add --attr {attribute} --index-type eq --reindex userRoot; Active Directory: bit 1 of searchFlags)',
  },
  'index-unknown': {
    how: 'The same indexes are searched, and not found.',
    level: 'untried',
    remedy:
      'In olcDatabase={0}config,cn=config: add: olcAccess, olcAccess: {0}to dn.subtree="cn=config" attrs=entry,olcSuffix,olcDbIndex,olcPPolicyDefault,olcPPolicyDisableWrite by dn.exact="{bindDn}" read by * break (389 DS: docs/operate/389ds.aci), or look by hand for an equality index of {attributes}',
  },
  expiry: {
    how: 'pwdMaxAge of each password policy is read; of some people that have a password, pwdChangedTime and the policy that holds for them.',
    level: 'warning',
    remedy:
      'Set directory.passwordPolicy to the DN of olcPPolicyDefault, and let the portal’s entry read pwdChangedTime, pwdGraceUseTime and pwdPolicySubentry of people (docs/operate/openldap.acl)',
  },
  'domain-expiry': {
    how: 'Of some people of an Active Directory that have a password (pwdLastSet), msDS-UserPasswordExpiryTimeComputed is read.',
    level: 'warning',
    remedy:
      'Let {bindDn} read pwdLastSet and msDS-UserPasswordExpiryTimeComputed of people, as each account of a domain may unless it is denied: take that denial away, or put a right before it: dsacls "OU" /I:S /G "DOMAIN\\ACCOUNT:RP;pwdLastSet;user", and the same for the other',
  },
  'directory-history': {
    how: 'With `password.history: directory`: of each password policy that somebody of a population has, the number of old passwords that it refuses is compared with that of the portal (pwdInHistory of OpenLDAP; passwordHistory and passwordInHistory of 389 DS; pwdHistoryLength and msDS-PasswordHistoryLength of Active Directory).',
    level: 'wrong',
    remedy: '{setting} (or, in sesame.yaml, password: { history: portal })',
  },
  'directory-history-unknown': {
    how: 'The same numbers are read, and so is which policy people have.',
    level: 'wrong',
    remedy: '{setting} (or, in sesame.yaml, password: { history: portal })',
  },
  'directory-history-bypassed': {
    how: 'Whether the policies bind what the portal writes: an LDAP compare of userPassword, which the root and password administrators may make, passwordAdminDN of 389 DS, olcPPolicyDisableWrite of OpenLDAP; where `directory.canaryDn` is set, an old password is written to it again instead of the compare, and must be refused.',
    level: 'wrong',
    remedy: '{setting} (or, in sesame.yaml, password: { history: portal })',
  },
  'directory-history-unsupported': {
    how: 'The server announces its controls: the policies of draft-behera-ldap-password-policy, or, of an Active Directory, LDAP_SERVER_POLICY_HINTS (1.2.840.113556.1.4.2239), without which a reset ignores the history.',
    level: 'wrong',
    remedy: 'In sesame.yaml: password: { history: portal }',
  },
  'directory-history-untried': {
    how: 'The directory answers while this is read.',
    level: 'untried',
    remedy: 'Start the directory, then run sesame check again.',
  },
  ...importedLines,
  'unwritten-hash': {
    how: 'Without a service of kind samba, the people are counted who have sambaSamAccount or sambaNTPassword.',
    level: 'warning',
    remedy:
      'services: [{ id: eduroam, name: { fr: eduroam, en: eduroam }, use: { fr: au réseau Wifi Eduroam, en: the eduroam Wi-Fi network }, writer: { kind: samba } }] (with the services that you have)',
  },
} as const satisfies Record<string, CheckLine>

export type CheckName = keyof typeof lines
export const checkLines: Readonly<Record<CheckName, CheckLine>> = lines

/** The remedy of a line, with what the finding fills in. */
export const remedyOf = (name: CheckName, values: Readonly<Record<string, string>>) =>
  checkLines[name].remedy.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole)

/** A finding of that line. `means`: what it means for people. `everybody`: it concerns a whole population. */
export const report = (
  name: CheckName,
  details: {
    readonly subject?: string
    readonly means: string
    readonly values?: Readonly<Record<string, string>>
    readonly everybody?: boolean
  },
): Finding => {
  const { subject, means, values = {}, everybody = false } = details
  const { level } = checkLines[name]
  return {
    level: level === 'share' ? (everybody ? 'wrong' : 'warning') : level,
    what: subject ? `${name} ${subject}` : name,
    detail: `${means} Remedy: ${remedyOf(name, values)}`,
  }
}
