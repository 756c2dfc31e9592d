import type { Finding } from '../directory.ts'
import { createClockCheck } from '../ldap/check-clock.ts'
import {
  connectionCheck,
  good,
  privilegedGroupsCheck,
  runChecks,
  warning,
  wrong,
} from '../ldap/check-connection.ts'
import { createExpiryCheck } from '../ldap/check-expiry.ts'
import { createIndexCheck, readActiveDirectoryDatabases } from '../ldap/check-index.ts'
import { peopleChecks } from '../ldap/check-people.ts'
import type { ConnectionPool } from '../ldap/connection-pool.ts'
import { isSameDn } from '../ldap/dn.ts'
import { createSampler, populationNames } from '../ldap/sampler.ts'
import type { ConnectionSettings, PeopleSettings } from '../ldap/settings.ts'
import { createLockoutFinding } from '../lockout-findings.ts'
import { createActiveDirectoryDialect } from './dialect.ts'
import { readDomainRules } from './domain.ts'
import { canResetPassword, policyHintsOid } from './password.ts'
import type { ActiveDirectorySettings } from './settings.ts'

type CheckSettings = ActiveDirectorySettings & PeopleSettings & ConnectionSettings

/**
 * Adds conditions that exclude administrators and accounts of programs: built-in accounts are disabled (bit 2) or critical,
 * and service accounts have a principal name.
 */
const ordinaryAccounts = (filter: string) =>
  `(&${filter}(!(adminCount=1))(!(isCriticalSystemObject=TRUE))(!(servicePrincipalName=*))(!(userAccountControl:1.2.840.113556.1.4.803:=2)))`

/** Checks the rights of the portal's account by an invalid reset, which every server refuses: nothing is written. */
const createRightsCheck = (settings: CheckSettings, connectionPool: ConnectionPool) => {
  const readSample = createSampler(connectionPool)
  const neededAttributes = ['lockoutTime', ...(settings.mustChange ? ['pwdLastSet'] : [])]
  return async (population: (typeof populationNames)[number], what: string): Promise<Finding[]> => {
    const { base, filter } = settings.populations[population]
    const entries = await readSample(base, ordinaryAccounts(filter), ['allowedAttributesEffective'])
    const entry = entries.find(({ dn }) => !isSameDn(dn, settings.bindDn))
    if (!entry) return []
    const resets = await connectionPool.with(({ client }) => canResetPassword(client, entry.dn), {
      retry: true,
    })
    const allowed = [entry.allowedAttributesEffective].flat().map(String)
    const missing = [
      ...(resets ? [] : ['« Reset Password »']),
      ...neededAttributes.filter(attribute => !allowed.includes(attribute)),
    ]
    return missing.length > 0
      ? [
          wrong(
            what,
            `${settings.bindDn} lacks the right to ${missing.join(', ')} on ${entry.dn}: see docs/operate/active-directory.acl.`,
          ),
        ]
      : [good(what, `The portal's account may reset the password of ${entry.dn}.`)]
  }
}

/** What the domain says of its history of passwords and of its lock. */
const createRulesCheck =
  (settings: CheckSettings, connectionPool: ConnectionPool, holdsPeople: boolean) => async () => {
    const found = await connectionPool.with(({ client }) => readDomainRules(client), { retry: true })
    if (!found) return warning('domain', 'The rules of the domain cannot be read by the portal’s account.')
    return [
      ...(settings.enforceHistory && !found.controls.includes(policyHintsOid)
        ? [
            warning(
              'history',
              'This server does not know the control of the history (1.2.840.113556.1.4.2239; Samba has none): Sésame’s own history alone refuses a used password.',
            ),
          ]
        : []),
      ...(holdsPeople
        ? [
            createLockoutFinding({
              read: found.lockout,
              configured: settings.lockout,
              howToRead: 'let it read the domain',
            }),
          ]
        : []),
    ]
  }

/**
 * The findings of `sesame check` on Active Directory; nothing is written. A directory of accounts only has no numbers and
 * birth dates, and a single base.
 */
export const checkActiveDirectory = async (
  settings: CheckSettings,
  connectionPool: ConnectionPool,
  {
    holdsPeople,
    now,
    smtpUtf8,
  }: {
    readonly holdsPeople: boolean
    readonly now: () => number
    readonly smtpUtf8?: boolean | null | undefined
  },
): Promise<Finding[]> => {
  const checkRights = createRightsCheck(settings, connectionPool)
  const rules = createRulesCheck(settings, connectionPool, holdsPeople)
  const { bindDn } = settings
  const mapper = { settings, dialect: createActiveDirectoryDialect(settings.privilegedGroups), now }
  const first = await runChecks([connectionCheck(settings, connectionPool)])
  if (first.some(({ level }) => level === 'wrong')) return first
  const rest = await runChecks([
    ...(holdsPeople
      ? [
          ...peopleChecks(mapper, connectionPool, { bindDn, smtpUtf8 }),
          ['directory-clock', createClockCheck(connectionPool, now, bindDn)] as const,
          [
            'index',
            createIndexCheck(settings, connectionPool, readActiveDirectoryDatabases, bindDn),
          ] as const,
          ['domain-expiry', createExpiryCheck(mapper, connectionPool, 'domain-expiry', bindDn)] as const,
        ]
      : []),
    privilegedGroupsCheck(mapper, connectionPool),
    ['domain', rules],
    ...(holdsPeople
      ? populationNames.map(name => [name, () => checkRights(name, name)] as const)
      : [['accounts', () => checkRights('student', 'accounts')] as const]),
  ])
  return [...first, ...rest]
}
