import { report } from '../check-lines.ts'
import type { Finding, Population, WriteRefusal } from '../directory.ts'
import { good } from './check-connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { isSameDn } from './dn.ts'
import { withFaultFindings } from './history-faults.ts'
import {
  compared,
  type HistoryPolicies,
  type HistoryPolicy,
  readHistoryPolicies,
} from './history-policies.ts'
import { createSampler, populationNames } from './sampler.ts'
import type { LdapSettings } from './settings.ts'

type Deps = {
  readonly settings: LdapSettings
  readonly connectionPool: ConnectionPool
  /** How many old passwords must be refused. */
  readonly last: number
  /** Writes a password as the portal writes those of people; the refusal, or `null` when it was written. */
  readonly write: (dn: string, password: string) => Promise<WriteRefusal | 'not-written-here' | null>
}

const readRule = (attributes: string, dn: string, bindDn: string) =>
  `In its database: add: olcAccess, olcAccess: {0}to dn.subtree="${dn}" attrs=${attributes} by dn.exact="${bindDn}" read by * break`

const howToKeep = (server: HistoryPolicies['server'], { dn }: HistoryPolicy, last: number) => {
  if (server === 'OpenLDAP') return `In ${dn}: replace: pwdInHistory, pwdInHistory: ${last}`
  const numbers = `--pwdhistory on --pwdhistorycount ${last}`
  return dn === 'cn=config'
    ? `dsconf INSTANCE pwpolicy set ${numbers}`
    : `dsconf INSTANCE localpwp set ${numbers} for the entry or subtree of ${dn}`
}

const ofPolicy = (
  { settings, last }: Deps,
  server: HistoryPolicies['server'],
  policy: HistoryPolicy,
  population: Population,
): Finding[] => {
  const { bindDn } = settings
  const subject = `${population} ${policy.dn}`
  if (policy.last === null)
    return [
      report('directory-history-unknown', {
        subject,
        means: `The portal’s entry may not read how many old passwords this policy refuses.`,
        values: {
          setting:
            server === 'OpenLDAP'
              ? readRule('entry,objectClass,pwdAttribute,pwdInHistory', policy.dn, bindDn)
              : 'Give it the rights of docs/operate/389ds.aci',
        },
      }),
    ]
  if (policy.last >= last) return []
  return [
    report('directory-history', {
      subject,
      means: `It refuses the last ${policy.last} passwords, and the portal promises ${last}: older ones would be accepted again.`,
      values: { setting: howToKeep(server, policy, last) },
    }),
  ]
}

/** RFC 4515 §3. */
const escaped = (value: string) =>
  value.replace(/[\\*()\0]/g, sign => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)

const havingPolicy = ({ dn }: HistoryPolicy) => `(pwdPolicySubentry=${escaped(dn)})`

const unknown = (population: Population, means: string, setting: string) =>
  report('directory-history-unknown', { subject: population, means, values: { setting } })

/** Those of entries without a policy of their own, or whose own one is the default. `null`: nobody has it. */
const ofUsual = async (
  deps: Deps,
  { server, usual }: HistoryPolicies,
  population: Population,
  hasAnyone: (condition: string) => Promise<boolean>,
): Promise<Finding[] | null> => {
  const isUsual = await hasAnyone('(!(pwdPolicySubentry=*))')
  if (usual)
    return isUsual || (await hasAnyone(havingPolicy(usual)))
      ? ofPolicy(deps, server, usual, population)
      : null
  if (!isUsual) return null
  return [
    unknown(
      population,
      'Some have no policy of their own, and the portal’s entry does not know the default one (olcPPolicyDefault).',
      'Set directory.passwordPolicy to the DN of olcPPolicyDefault',
    ),
  ]
}

/** Every policy that somebody of the population has must refuse enough passwords. */
const ofPopulation = async (
  deps: Deps,
  policies: HistoryPolicies,
  population: Population,
): Promise<Finding[]> => {
  const { settings, connectionPool, last } = deps
  const { base, filter } = settings.populations[population]
  const { server, usual, others } = policies
  const findingsFrom = (problems: readonly Finding[]) =>
    problems.length > 0
      ? [...problems]
      : [good(`directory-history ${population}`, `The directory refuses the last ${last} passwords.`)]
  const hasAnyone = (condition: string) =>
    connectionPool.with(
      async ({ client }) => {
        const asked = { filter: `(&${filter}${condition})`, attributes: ['1.1'], sizeLimit: 1 }
        return (await client.search(base, asked)).searchEntries.length > 0
      },
      { retry: true },
    )
  if (!(await hasAnyone(''))) return []
  if (others === null) return findingsFrom(usual ? ofPolicy(deps, server, usual, population) : [])
  const found: (Finding[] | null)[] = [await ofUsual(deps, policies, population, hasAnyone)]
  for (const policy of others)
    found.push((await hasAnyone(havingPolicy(policy))) ? ofPolicy(deps, server, policy, population) : null)
  const known = [...others, ...(usual ? [usual] : [])].map(havingPolicy).join('')
  const means = 'Some have a policy of their own that the portal’s entry does not find, by pwdPolicySubentry.'
  const remedy = 'Let the portal’s entry search and read their policies (docs/operate)'
  const isOther = await hasAnyone(`(pwdPolicySubentry=*)(!(|${known}))`)
  found.push(isOther ? [unknown(population, means, remedy)] : null)
  // Every entry has one of these, where the attribute may be searched.
  if (found.every(one => one === null))
    return [
      unknown(
        population,
        'The portal’s entry may not search pwdPolicySubentry: which policies these people have is not known.',
        readRule('pwdPolicySubentry', base, settings.bindDn),
      ),
    ]
  return findingsFrom(found.flatMap(one => one ?? []))
}

/** A value that no entry has, and that is nobody’s password. */
const absentValue = '{ABSENT}sesame-check'

/**
 * The root of an OpenLDAP or a 389 DS is bound by no policy, and by no access rule. An entry that may not compare userPassword is
 * bound by the access rules, so it is not the root, and has not the right `manage` of a password administrator either (slapo-ppolicy(5)).
 */
const isBoundByRules = async ({ settings, connectionPool }: Deps): Promise<boolean | 'nobody'> => {
  const readSample = createSampler(connectionPool)
  let isAnybody = false
  for (const population of populationNames) {
    const { base, filter } = settings.populations[population]
    // Some of them may be protected by a rule of their own, as privileged people are.
    for (const { dn } of (await readSample(base, filter, ['1.1'])).slice(0, 10)) {
      isAnybody = true
      if ((await compared(connectionPool, dn, 'userPassword', absentValue)) !== 'hidden') return false
    }
  }
  return isAnybody || 'nobody'
}

/** 389 DS: whether the portal’s entry is the password administrator, or a member of its group. */
const isAdministrator = async ({ settings, connectionPool }: Deps, { administrators }: HistoryPolicies) => {
  for (const dn of administrators) {
    if (isSameDn(dn, settings.bindDn)) return true
    for (const attribute of ['member', 'uniqueMember']) {
      const isMember = await compared(connectionPool, dn, attribute, settings.bindDn)
      if (isMember === true || isMember === 'hidden') return true
    }
  }
  return false
}

/**
 * Proves on the canary that a password written by the portal is refused when it is written again. Another one comes between: 389
 * DS refuses the current password without naming the rule.
 */
const isRefusedTwice = async ({ write }: Deps, canary: string) => {
  const [first, second] = ['A', 'B'].map(sign => `Canari-${Date.now()}!a${sign}`) as [string, string]
  for (const password of [first, second]) if ((await write(canary, password)) !== null) return false
  return (await write(canary, first)) === 'password-in-history'
}

/** What the access rules show of the portal's entry, where no canary does. */
const ofAccess = async (deps: Deps, { recordsNothing }: HistoryPolicies): Promise<Finding[] | null> => {
  const { bindDn } = deps.settings
  const isBound = await isBoundByRules(deps)
  if (isBound === false) return null
  if (isBound === 'nobody')
    return [report('directory-history-untried', { means: 'No population has anybody to compare with.' })]
  return recordsNothing === 'unread'
    ? [
        report('directory-history-unknown', {
          means:
            'The portal’s entry finds no overlay of password policies in cn=config: it may be told to record nothing (olcPPolicyDisableWrite).',
          values: { setting: 'Let the portal’s entry read it (docs/operate), or set directory.canaryDn' },
        }),
      ]
    : [good('directory-history', `The writes of ${bindDn} are bound by the password policies.`)]
}

const ofPortal = async (deps: Deps, policies: HistoryPolicies): Promise<Finding[]> => {
  const { bindDn, canaryDn } = deps.settings
  const bypassed = (means: string, setting: string) => [
    report('directory-history-bypassed', { subject: bindDn, means, values: { setting } }),
  ]
  if (policies.recordsNothing && policies.recordsNothing !== 'unread')
    return bypassed(
      'The overlay of the password policies is told to record nothing, old passwords neither.',
      `In ${policies.recordsNothing}: replace: olcPPolicyDisableWrite, olcPPolicyDisableWrite: FALSE`,
    )
  if (await isAdministrator(deps, policies))
    return bypassed(
      'The portal’s entry is a password administrator: 389 DS compares its writes with no old password.',
      'Take it out of passwordAdminDN',
    )
  if (canaryDn)
    return (await isRefusedTwice(deps, canaryDn))
      ? [good('directory-history', `${canaryDn} shows that a password is not written twice.`)]
      : bypassed(
          `A password was written twice to ${canaryDn}, or could not be written: the policies do not bind the writes of the portal.`,
          'Give the portal an entry of its own with the rights of docs/operate',
        )
  return (
    (await ofAccess(deps, policies)) ??
    bypassed(
      'It may compare userPassword, as the root of the server, whom no policy binds: nothing shows that old passwords are refused when the portal writes.',
      'Give it the rights of docs/operate (OpenLDAP: =xw on userPassword), or set directory.canaryDn',
    )
  )
}

const findingsOf = async (deps: Deps): Promise<Finding[]> => {
  const policies = await readHistoryPolicies(deps.settings, deps.connectionPool)
  if (policies === 'none')
    return [
      report('directory-history-unsupported', {
        means: 'The server has no password policies, so it refuses no old password.',
      }),
    ]
  if (policies === 'unreadable')
    return [
      report('directory-history-unknown', {
        means: 'The server has password policies, and the portal’s entry finds none.',
        values: {
          setting: 'Give it the rights of docs/operate/openldap.acl, or 389ds.aci, to read the policies',
        },
      }),
    ]
  const findings = await ofPortal(deps, policies)
  for (const name of populationNames) findings.push(...(await ofPopulation(deps, policies, name)))
  return findings
}

/** Whether OpenLDAP or 389 DS refuses the last passwords of people when the portal writes. */
export const checkHistory = (deps: Deps): Promise<Finding[]> => withFaultFindings(() => findingsOf(deps))
