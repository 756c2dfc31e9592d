import { report } from '../check-lines.ts'
import type { Finding, Population } from '../directory.ts'
import { type Entry, valuesOf } from '../ldap/attributes.ts'
import { good } from '../ldap/check-connection.ts'
import { type ConnectionPool, isServerAnswer } from '../ldap/connection-pool.ts'
import { withFaultFindings } from '../ldap/history-faults.ts'
import { createSampler, populationNames } from '../ldap/sampler.ts'
import type { PeopleSettings } from '../ldap/settings.ts'
import { readDomainRules } from './domain.ts'
import { policyHintsOid } from './password.ts'
import type { ActiveDirectorySettings } from './settings.ts'

type Deps = {
  readonly settings: ActiveDirectorySettings & PeopleSettings
  readonly connectionPool: ConnectionPool
  /** How many old passwords must be refused. */
  readonly last: number
}

const tooFew = ({ last }: Deps, subject: string, kept: number, setting: string) =>
  report('directory-history', {
    subject,
    means: `It refuses the last ${kept} passwords, and the portal promises ${last}: older ones would be accepted again.`,
    values: { setting },
  })

/** MS-ADTS §3.1.1.4.5.36: computed from the fine-grained policies (PSO), and cannot be searched, so a sample is read. */
const ownPolicies = async ({ settings, connectionPool }: Deps, population: Population) => {
  const { base, filter } = settings.populations[population]
  const entries = await createSampler(connectionPool)(base, filter, ['msDS-ResultantPSO'])
  return [...new Set(entries.flatMap(entry => valuesOf(entry, 'msDS-ResultantPSO')))]
}

const readOwn = ({ connectionPool }: Deps, dn: string) =>
  connectionPool
    .with(
      async ({ client }) =>
        (await client.search(dn, { scope: 'base', attributes: ['msDS-PasswordHistoryLength'] }))
          .searchEntries as Entry[],
      { retry: true },
    )
    .then(
      ([entry]) => entry && valuesOf(entry, 'msDS-PasswordHistoryLength')[0],
      fault => {
        if (isServerAnswer(fault)) return undefined
        throw fault
      },
    )

const ofPopulation = async (deps: Deps, population: Population): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const dn of await ownPolicies(deps, population)) {
    const length = await readOwn(deps, dn)
    if (length === undefined)
      findings.push(
        report('directory-history-unknown', {
          subject: population,
          means: `Some have the policy ${dn}, and the portal’s account may not read how many old passwords it refuses.`,
          values: { setting: `dsacls "${dn}" /G "DOMAIN\\portal:GR"` },
        }),
      )
    else if (Number(length) < deps.last)
      findings.push(
        tooFew(
          deps,
          `${population} ${dn}`,
          Number(length),
          `Set-ADFineGrainedPasswordPolicy "${dn}" -PasswordHistoryCount ${deps.last}`,
        ),
      )
  }
  return findings
}

const findingsOf = async (deps: Deps): Promise<Finding[]> => {
  const { settings, connectionPool, last } = deps
  const findings: Finding[] = []
  if (!settings.enforceHistory)
    findings.push(
      report('directory-history-bypassed', {
        subject: settings.bindDn,
        means: 'directory.enforceHistory is false: a reset ignores the history of the domain.',
        values: { setting: 'Take enforceHistory: false out of sesame.yaml' },
      }),
    )
  const domain = await connectionPool.with(({ client }) => readDomainRules(client), { retry: true })
  if (!domain)
    return [
      report('directory-history-unknown', {
        means: 'The rules of the domain cannot be read by the portal’s account.',
        values: { setting: 'Let it read the domain' },
      }),
    ]
  if (!domain.controls.includes(policyHintsOid))
    findings.push(
      report('directory-history-unsupported', {
        means:
          'The server does not know LDAP_SERVER_POLICY_HINTS (Samba does not): when the portal resets a password, the history of the domain is ignored.',
      }),
    )
  if (domain.historyLength < last)
    findings.push(
      tooFew(
        deps,
        domain.dn,
        domain.historyLength,
        `Set-ADDefaultDomainPasswordPolicy -Identity "${domain.dn}" -PasswordHistoryCount ${last}`,
      ),
    )
  for (const name of populationNames) findings.push(...(await ofPopulation(deps, name)))
  return findings.length > 0
    ? findings
    : [good('directory-history', `The domain refuses the last ${last} passwords, at a reset too.`)]
}

/**
 * Whether an Active Directory refuses the last passwords of people when the portal resets one. Windows does so only with the
 * control of MS-ADTS §3.1.1.3.4.1.27, which each reset of the portal carries.
 */
export const checkActiveDirectoryHistory = (deps: Deps): Promise<Finding[]> =>
  withFaultFindings(() => findingsOf(deps))
