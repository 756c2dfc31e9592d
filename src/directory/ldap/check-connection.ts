import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import type { Connection } from './connection.ts'
import { type ConnectionPool, isServerAnswer, UnreachableError } from './connection-pool.ts'
import type { EntryMapper } from './entry.ts'
import { ldapFaultSentence } from './fault.ts'
import { createPrivilegedGroups, type UnknownGroup } from './privileged-groups.ts'
import { openPortalConnections } from './service.ts'
import type { ConnectionSettings } from './settings.ts'

export const good = (what: string, detail: string): Finding => ({ level: 'good', what, detail })
export const warning = (what: string, detail: string): Finding => ({ level: 'warning', what, detail })
export const wrong = (what: string, detail: string): Finding => ({ level: 'wrong', what, detail })

export type Check = readonly [what: string, run: () => Promise<Finding | Finding[]>]

/** Runs each check for its findings. A refusal of the server is a finding too, and does not stop the other checks. */
export const runChecks = async (checks: readonly Check[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const [what, run] of checks)
    try {
      findings.push(...[await run()].flat())
    } catch (fault) {
      if (!(isServerAnswer(fault) || fault instanceof UnreachableError)) throw fault
      findings.push(wrong(what, ldapFaultSentence(fault)))
    }
  return findings
}

const readRoot = ({ client }: Connection) => client.search('', { scope: 'base', attributes: ['1.1'] })

/** Each server alone: the pool of the portal never tries the second while the first answers. */
const unansweringServers = async (settings: ConnectionSettings) => {
  const dead: { url: string; fault: string }[] = []
  for (const url of settings.urls) {
    const one = openPortalConnections({ ...settings, urls: [url], pool: 1 })
    await one
      .with(readRoot, { retry: false })
      .catch(fault => dead.push({ url, fault: ldapFaultSentence(fault) }))
      .finally(one.close)
  }
  return dead
}

/** The first check: when it fails the others are not run. */
export const connectionCheck = (
  connectionSettings: ConnectionSettings,
  connectionPool: ConnectionPool,
): Check => [
  'connection',
  async () => {
    const { urls, bindDn } = connectionSettings
    try {
      await connectionPool.with(readRoot, { retry: true })
    } catch (fault) {
      if (!(isServerAnswer(fault) || fault instanceof UnreachableError)) throw fault
      return report('connection', {
        means: `${urls.join(', ')} does not answer as ${bindDn}, so nobody can do anything (${ldapFaultSentence(fault)}).`,
      })
    }
    const dead = urls.length > 1 ? await unansweringServers(connectionSettings) : []
    return [
      good('connection', `${urls.join(', ')}: the directory answers as ${bindDn}.`),
      ...dead.map(({ url, fault }) =>
        report('server', {
          subject: url,
          means: `It does not answer as ${bindDn} (${fault}): when the other servers stop, so does the portal.`,
          values: { url },
        }),
      ),
    ]
  },
]

const remedies = {
  'not-found': (group: string) =>
    `${group} does not exist, or the portal's entry may not read it: correct privilegedGroups, or give it the rights of docs/operate.`,
  'no-members': (group: string) =>
    `The portal's entry reads no member of ${group}: give it the right to read member, uniqueMember and memberUid there. A group without members is left out of privilegedGroups.`,
  'too-many-groups': (group: string) =>
    `${group} and further groups within privilegedGroups were not read: name fewer groups, or remove the circle.`,
} as const satisfies Record<UnknownGroup['because'], (group: string) => string>

/** Every privileged group must be readable: while one is not, everybody is privileged and no password is written. */
export const privilegedGroupsCheck = (entryMapper: EntryMapper, connectionPool: ConnectionPool): Check => [
  'privileged',
  async () => {
    const groups = entryMapper.settings.privilegedGroups
    if (groups.length === 0)
      return warning(
        'privileged',
        'privilegedGroups is empty: only adminCount=1 protects an account of an administrator.',
      )
    const { unknown } = await createPrivilegedGroups(entryMapper, connectionPool)()
    return unknown.length > 0
      ? unknown.map(({ group, because }) =>
          wrong(
            'privileged',
            `${remedies[because](group)} Until then Sésame finds nobody and writes no password.`,
          ),
        )
      : good('privileged', `The members of ${groups.length} group(s) are known, and never written.`)
  },
]
