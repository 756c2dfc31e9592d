import { type Lockout, noLockout, strictest } from '../lockout.ts'
import { entriesIn, populationNames } from './check-people.ts'
import { type ConnectionPool, isAnswer } from './connection-pool.ts'
import { type Entry, valuesOf } from './entry.ts'
import type { LdapSettings } from './settings.ts'

/** draft-behera-ldap-password-policy: OpenLDAP announces it where the overlay is loaded, 389 DS always. */
const policyControl = '1.3.6.1.4.1.42.2.27.8.5.1'

const first = (entry: Entry, attribute: string) => valuesOf(entry, attribute)[0]

const ruleOf = (failures: string | undefined, seconds: string | undefined): Lockout => ({
  maxFailures: Number(failures ?? 0),
  interval: Number(seconds ?? 0) * 1000,
})

/** A pwdPolicy always has pwdAttribute: where that is hidden so is the rest, and nothing is known. */
const ofPolicy = (entry: Entry): Lockout | null => {
  if (!first(entry, 'pwdAttribute')) return null
  if (first(entry, 'pwdLockout')?.toUpperCase() === 'FALSE') return noLockout
  return ruleOf(first(entry, 'pwdMaxFailure'), first(entry, 'pwdFailureCountInterval'))
}

/** 389 DS names things its own way, with defaults of its own: three failures, forgotten after ten minutes. */
const of389 = (entry: Entry): Lockout | null => {
  const locks = first(entry, 'passwordLockout')?.toLowerCase()
  if (locks === undefined) return null
  if (locks !== 'on') return noLockout
  return ruleOf(first(entry, 'passwordMaxFailure') ?? '3', first(entry, 'passwordResetFailureCount') ?? '600')
}

const plain = (dn: string) => dn.toLowerCase().replace(/\s*,\s*/g, ',')

/** What may not be read is nothing, as long as the server answers. */
const orNone = async (asked: Promise<Entry[]>): Promise<Entry[]> => {
  try {
    return await asked
  } catch (fault) {
    if (isAnswer(fault)) return []
    throw fault
  }
}

/**
 * The strictest of the rules that the portal's account can read: of two policies nobody must be told which one somebody
 * has. `null`: there may be a rule, and it cannot be read.
 */
export const readLockout = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<Lockout | null> => {
  const baseOf = (dn: string, attributes: string[]) =>
    orNone(
      connectionPool.with(
        async ({ client }) =>
          (await client.search(dn, { scope: 'base', attributes })).searchEntries as Entry[],
        { again: true },
      ),
    )
  const under = entriesIn(connectionPool)
  const [root] = await baseOf('', ['supportedControl', 'namingContexts', 'vendorName'])
  if (!root) return null
  const bases = populationNames.map(name => plain(settings.populations[name].base))
  const contexts = valuesOf(root, 'namingContexts').filter(context =>
    bases.some(base => base === plain(context) || base.endsWith(`,${plain(context)}`)),
  )
  const policies = async (filter: string, attributes: string[]) =>
    (await Promise.all(contexts.map(context => orNone(under(context, filter, attributes))))).flat()

  if (first(root, 'vendorName')?.includes('389')) {
    const asked = ['passwordLockout', 'passwordMaxFailure', 'passwordResetFailureCount']
    const whole = (await baseOf('cn=config', asked)).map(of389)
    const local = await policies('(&(objectClass=ldapSubEntry)(objectClass=passwordPolicy))', asked)
    const read = [...whole, ...local.map(of389)].filter(rule => rule !== null)
    return whole.some(rule => rule !== null) ? strictest(read) : null
  }
  if (!valuesOf(root, 'supportedControl').includes(policyControl)) return noLockout
  const read = (
    await policies('(objectClass=pwdPolicy)', [
      ...['pwdAttribute', 'pwdLockout', 'pwdMaxFailure', 'pwdFailureCountInterval'],
    ])
  )
    .map(ofPolicy)
    .filter(rule => rule !== null)
  return read.length > 0 ? strictest(read) : null
}
