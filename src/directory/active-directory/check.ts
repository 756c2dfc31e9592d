import type { Finding } from '../directory.ts'
import {
  askConnection,
  askPeople,
  entriesIn,
  good,
  populationNames,
  request,
  warning,
  wrong,
} from '../ldap/check-people.ts'
import type { ConnectionPool } from '../ldap/connection-pool.ts'
import type { ConnectionSettings, PeopleSettings } from '../ldap/settings.ts'
import { lockoutFinding } from '../lockout-findings.ts'
import { domainRules } from './domain.ts'
import { canResetPassword, policyHintsOid } from './password.ts'
import type { ActiveDirectorySettings } from './settings.ts'

type Settings = ActiveDirectorySettings & PeopleSettings & ConnectionSettings

/**
 * An account in use, which is not an administrator's nor a program's: those that a domain brings with it are disabled
 * (bit 2) or critical, those of services bear a principal name.
 */
const ordinary = (filter: string) =>
  `(&${filter}(!(adminCount=1))(!(isCriticalSystemObject=TRUE))(!(servicePrincipalName=*))(!(userAccountControl:1.2.840.113556.1.4.803:=2)))`

/** Tells the rights by asking for what each write asks, in a form that no server accepts: nothing is written. */
const rightsOver = (settings: Settings, connectionPool: ConnectionPool) => {
  const entriesOf = entriesIn(connectionPool)
  const wanted = ['lockoutTime', ...(settings.mustChange ? ['pwdLastSet'] : [])]
  return async (population: (typeof populationNames)[number], what: string): Promise<Finding[]> => {
    const { base, filter } = settings.populations[population]
    const entries = await entriesOf(base, ordinary(filter), ['allowedAttributesEffective'])
    const entry = entries.find(({ dn }) => dn.toLowerCase() !== settings.bindDn.toLowerCase())
    if (!entry) return []
    const resets = await connectionPool.with(({ client }) => canResetPassword(client, entry.dn), {
      again: true,
    })
    const allowed = [entry.allowedAttributesEffective].flat().map(String)
    const lacking = [
      ...(resets ? [] : ['« Reset Password »']),
      ...wanted.filter(attribute => !allowed.includes(attribute)),
    ]
    return lacking.length > 0
      ? [
          wrong(
            what,
            `${settings.bindDn} lacks the right to ${lacking.join(', ')} on ${entry.dn}: see docs/operate/active-directory.acl.`,
          ),
        ]
      : [good(what, `The portal's account may reset the password of ${entry.dn}.`)]
  }
}

/**
 * `sesame check` on Active Directory: what an operator should know; nothing is written. Where it holds accounts alone,
 * numbers and birth dates are elsewhere, and one base is asked once.
 */
export const checkActiveDirectory = async (
  settings: Settings,
  connectionPool: ConnectionPool,
  holdsPeople: boolean,
): Promise<Finding[]> => {
  const rightsOf = rightsOver(settings, connectionPool)
  const rules = async () => {
    const found = await connectionPool.with(({ client }) => domainRules(client), { again: true })
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
            lockoutFinding({
              read: found.lockout,
              configured: settings.lockout,
              howToRead: 'let it read the domain',
            }),
          ]
        : []),
    ]
  }
  const first = await request([askConnection(settings, connectionPool)])
  if (first.some(({ level }) => level === 'wrong')) return first
  const rest = await request([
    ...(holdsPeople ? askPeople(settings, connectionPool) : []),
    ['domain', rules],
    ...(holdsPeople
      ? populationNames.map(name => [name, () => rightsOf(name, name)] as const)
      : [['accounts', () => rightsOf('student', 'accounts')] as const]),
  ])
  return [...first, ...rest]
}
