import { Attribute, Change, NoSuchObjectError } from 'ldapts'
import { remedyOf } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { createLockoutFinding } from '../lockout-findings.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { createClockCheck } from './check-clock.ts'
import { connectionCheck, good, privilegedGroupsCheck, runChecks, wrong } from './check-connection.ts'
import { createExpiryCheck } from './check-expiry.ts'
import { createIndexCheck, readDatabases } from './check-index.ts'
import { createOldPasswordCheck } from './check-old-password.ts'
import { createPasswordRightCheck } from './check-password-right.ts'
import { peopleChecks } from './check-people.ts'
import { createReadableCheck } from './check-readable.ts'
import { checkReusableId } from './check-reusable-id.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { standardDialect } from './dialect.ts'
import { policyContext, readLockout } from './lockout.ts'
import type { LdapSettings } from './settings.ts'

/** What the server keeps of a password written in clear; `null`: there is no such entry. */
const readBack = (connectionPool: ConnectionPool, canary: string) =>
  connectionPool
    .with(
      async ({ client }) => {
        const modification = new Attribute({ type: 'userPassword', values: [`Canari-${Date.now()}!aA`] })
        await client.modify(canary, new Change({ operation: 'replace', modification }))
        const found = await client.search(canary, { scope: 'base', attributes: ['userPassword'] })
        const [entry] = found.searchEntries as Entry[]
        return (entry && valuesOf(entry, 'userPassword')[0]) ?? ''
      },
      { retry: false },
    )
    .catch(fault => {
      if (fault instanceof NoSuchObjectError) return null
      throw fault
    })

/** A clear-text modify is stored in clear unless the server hashes it: reading a canary entry back proves that it does. */
export const checkHashing = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<Finding> => {
  if (settings.passwordWrite === 'exop')
    return good('password', 'Passwords are written by RFC 3062: the server hashes them.')
  const canary = settings.canaryDn
  if (!canary)
    return wrong(
      'password',
      'passwordWrite: modify needs canaryDn, an entry whose password this check may write and read back.',
    )
  const stored = await readBack(connectionPool, canary)
  if (stored === null)
    return wrong(
      'password',
      `canaryDn names ${canary}, which does not exist, or which the portal’s entry may not see: make it, with the rights of docs/operate.`,
    )
  return /^\{[A-Z0-9-]+\}/i.test(stored)
    ? good('password', 'The server hashes a password written in clear.')
    : wrong(
        'password',
        'The server would keep passwords in clear: set olcPPolicyHashCleartext, or use passwordWrite: exop.',
      )
}
export const checkLdap = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
  { now, smtpUtf8 }: { readonly now: () => number; readonly smtpUtf8?: boolean | null | undefined },
): Promise<Finding[]> => {
  const { bindDn } = settings
  const lockout = async () =>
    createLockoutFinding({
      read: await readLockout(settings, connectionPool),
      configured: settings.lockout,
      howToRead: `${remedyOf('old-password-unknown', { base: await policyContext(settings, connectionPool), bindDn })} (see docs/operate/openldap.acl, or 389ds.aci)`,
    })

  const mapper = { settings, dialect: standardDialect(settings), now }
  const checkReadable = createReadableCheck(mapper, connectionPool)
  const checkPasswordRight = createPasswordRightCheck(settings, connectionPool)
  const first = await runChecks([connectionCheck(settings, connectionPool)])
  if (first.some(({ level }) => level === 'wrong')) return first
  const rest = await runChecks([
    ...peopleChecks(mapper, connectionPool, {
      bindDn,
      smtpUtf8,
      checkRights: async survey => [...(await checkReadable(survey)), ...(await checkPasswordRight(survey))],
    }),
    ['reusable-id', async () => checkReusableId(settings)],
    privilegedGroupsCheck(mapper, connectionPool),
    ['directory-clock', createClockCheck(connectionPool, now, bindDn)],
    ['lock-out', lockout],
    ['old-password', createOldPasswordCheck(settings, connectionPool)],
    ['index', createIndexCheck(settings, connectionPool, readDatabases, bindDn)],
    ['expiry', createExpiryCheck(mapper, connectionPool, 'expiry', bindDn)],
    ['password', () => checkHashing(settings, connectionPool)],
  ])
  return [...first, ...rest]
}
