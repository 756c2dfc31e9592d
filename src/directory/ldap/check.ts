import { Attribute, Change } from 'ldapts'
import { defaultLimits } from '../../limits.ts'
import type { Finding } from '../directory.ts'
import {
  ask,
  askConnection,
  askPeople,
  entriesIn,
  good,
  populationNames,
  warning,
  wrong,
} from './check-people.ts'
import { type Entry, valuesOf } from './entry.ts'
import type { Links } from './links.ts'
import type { LdapSettings } from './settings.ts'

/** A clear-text modify is kept in clear unless the server hashes it: only a canary that reads back a scheme proves it. */
export const checkHashing = async (settings: LdapSettings, links: Links): Promise<Finding> => {
  if (settings.passwordWrite === 'exop')
    return good('password', 'Passwords are written by RFC 3062: the server hashes them.')
  const canary = settings.canaryDn
  if (!canary)
    return wrong(
      'password',
      'passwordWrite: modify needs canaryDn, an entry whose password this check may write and read back.',
    )
  const held = await links.with(
    async ({ client }) => {
      const modification = new Attribute({ type: 'userPassword', values: [`Canari-${Date.now()}!aA`] })
      await client.modify(canary, new Change({ operation: 'replace', modification }))
      const [entry] = (await client.search(canary, { scope: 'base', attributes: ['userPassword'] }))
        .searchEntries as Entry[]
      return entry ? valuesOf(entry, 'userPassword')[0] : undefined
    },
    { again: false },
  )
  return /^\{[A-Z0-9-]+\}/i.test(held ?? '')
    ? good('password', 'The server hashes a password written in clear.')
    : wrong(
        'password',
        'The server would keep passwords in clear: set olcPPolicyHashCleartext, or use passwordWrite: exop.',
      )
}

export const checkLdap = async (settings: LdapSettings, links: Links): Promise<Finding[]> => {
  const entriesOf = entriesIn(links)

  const lockout = async (): Promise<Finding[]> => {
    const policies = await entriesOf(rootOf(settings), '(objectClass=pwdPolicy)', [
      'pwdMaxFailure',
      'pwdLockout',
    ]).catch(() => [])
    return policies.flatMap(policy => {
      const most = Number(valuesOf(policy, 'pwdMaxFailure')[0] ?? 0)
      const locks = valuesOf(policy, 'pwdLockout')[0] === 'TRUE' && most > 0
      if (!locks || defaultLimits.failedBinds <= most / 2) return []
      return [
        warning(
          'lock-out',
          `${policy.dn} locks after ${most} failures. Set limits.failedBinds to ${Math.floor(most / 2)} or less, so that a stranger cannot lock accounts through the portal.`,
        ),
      ]
    })
  }

  const first = await ask([askConnection(settings, links)])
  if (first.some(({ level }) => level === 'wrong')) return first
  const rest = await ask([
    ...askPeople(settings, links),
    ['lock-out', lockout],
    ['password', () => checkHashing(settings, links)],
  ])
  return [...first, ...rest]
}

/** The suffix that holds all populations: what their bases end with in common. */
const rootOf = (settings: LdapSettings) => {
  const parts = populationNames.map(name => settings.populations[name].base.split(','))
  const shortest = Math.min(...parts.map(({ length }) => length))
  let common = 0
  while (
    common < shortest &&
    new Set(
      parts.map(rdns =>
        rdns
          .at(-1 - common)
          ?.trim()
          .toLowerCase(),
      ),
    ).size === 1
  )
    common += 1
  return parts[0]?.slice(parts[0].length - common).join(',') ?? ''
}
