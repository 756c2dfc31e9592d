import { type Lockout, noLockout, strictestLockout } from '../lockout.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { isWithin } from './dn.ts'
import { createSampler, populationNames } from './sampler.ts'
import type { LdapSettings } from './settings.ts'

/** draft-behera-ldap-password-policy: OpenLDAP announces it where the overlay is loaded, 389 DS always. */
const policyControl = '1.3.6.1.4.1.42.2.27.8.5.1'

const firstValue = (entry: Entry, attribute: string) => valuesOf(entry, attribute)[0]

const toLockout = (failures: string | undefined, seconds: string | undefined): Lockout => ({
  maxFailures: Number(failures ?? 0),
  interval: Number(seconds ?? 0) * 1000,
})

/** A pwdPolicy always has pwdAttribute: when that is not readable, neither is the rest, and the policy is unknown. */
const lockoutOfPolicy = (entry: Entry): Lockout | null => {
  if (!firstValue(entry, 'pwdAttribute')) return null
  if (firstValue(entry, 'pwdLockout')?.toUpperCase() === 'FALSE') return noLockout
  return toLockout(firstValue(entry, 'pwdMaxFailure'), firstValue(entry, 'pwdFailureCountInterval'))
}

/** 389 DS has its own attribute names and defaults: three failures, forgotten after ten minutes. */
const lockoutOf389 = (entry: Entry): Lockout | null => {
  const locks = firstValue(entry, 'passwordLockout')?.toLowerCase()
  if (locks === undefined) return null
  if (locks !== 'on') return noLockout
  return toLockout(
    firstValue(entry, 'passwordMaxFailure') ?? '3',
    firstValue(entry, 'passwordResetFailureCount') ?? '600',
  )
}

/** An empty list when the server refuses the search; network faults are thrown. */
const emptyIfRefused = async (search: Promise<Entry[]>): Promise<Entry[]> => {
  try {
    return await search
  } catch (fault) {
    if (isServerAnswer(fault)) return []
    throw fault
  }
}

/** The root of the server, and functions that read entries of it; an entry that it refuses to show is missing. */
const createReader = async (settings: LdapSettings, connectionPool: ConnectionPool) => {
  const readEntry = (dn: string, attributes: string[]) =>
    emptyIfRefused(
      connectionPool.with(
        async ({ client }) =>
          (await client.search(dn, { scope: 'base', attributes })).searchEntries as Entry[],
        { retry: true },
      ),
    )
  const readSample = createSampler(connectionPool)
  const [root] = await readEntry('', ['supportedControl', 'namingContexts', 'vendorName'])
  if (!root) return null
  const bases = populationNames.map(name => settings.populations[name].base)
  const contexts = valuesOf(root, 'namingContexts').filter(context =>
    bases.some(base => isWithin(base, context)),
  )
  const policies = async (filter: string, attributes: string[]) =>
    (
      await Promise.all(contexts.map(context => emptyIfRefused(readSample(context, filter, attributes))))
    ).flat()
  const is389 = firstValue(root, 'vendorName')?.includes('389') ?? false
  return {
    readEntry,
    policies,
    contexts,
    is389,
    hasPolicies: valuesOf(root, 'supportedControl').includes(policyControl),
  }
}

const policyFilter = '(objectClass=pwdPolicy)'

/**
 * The policies of OpenLDAP's ppolicy that the portal's account finds, with these attributes. An empty list: the server has
 * none. `null`: it has policies, and none is found.
 */
export const findPolicies = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
  attributes: string[],
): Promise<Entry[] | null> => {
  const reader = await createReader(settings, connectionPool)
  if (!reader) return null
  // 389 DS announces the control too, and has policies of another kind.
  if (reader.is389 || !reader.hasPolicies) return []
  const found = await reader.policies(policyFilter, attributes)
  return found.length > 0 ? found : null
}

/** The naming context in which the policies are, as far as the server says it: that of people. */
export const policyContext = async (settings: LdapSettings, connectionPool: ConnectionPool) =>
  (await createReader(settings, connectionPool))?.contexts[0] ?? settings.populations.student.base

/** The kind of password policies that the server has; `null`: it does not say. */
export const policyKindOf = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<'OpenLDAP' | '389 DS' | 'none' | null> => {
  const reader = await createReader(settings, connectionPool)
  if (!reader) return null
  if (reader.is389) return '389 DS'
  return reader.hasPolicies ? 'OpenLDAP' : 'none'
}

const localPolicy = '(&(objectClass=ldapSubEntry)(objectClass=passwordPolicy))'

/** The policies of 389 DS for a subtree or an entry that the portal's account finds, with these attributes. */
export const findLocalPolicies389 = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
  attributes: string[],
): Promise<readonly Entry[]> => {
  const reader = await createReader(settings, connectionPool)
  return reader?.is389 ? reader.policies(localPolicy, attributes) : []
}

/** The server-wide password policy of 389 DS; `null`: it is another server, or the portal's account may not read it. */
export const readConfig389 = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
  attributes: string[],
): Promise<Entry | null> => {
  const reader = await createReader(settings, connectionPool)
  return (reader?.is389 && (await reader.readEntry('cn=config', attributes))[0]) || null
}

/**
 * The strictest of the policies that the portal's account can read: no answer may reveal which policy a person has.
 * `null`: there may be a policy, and it cannot be read.
 */
export const readLockout = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<Lockout | null> => {
  const reader = await createReader(settings, connectionPool)
  if (!reader) return null
  const { readEntry, policies } = reader
  if (reader.is389) {
    const attributes = ['passwordLockout', 'passwordMaxFailure', 'passwordResetFailureCount']
    const serverWide = (await readEntry('cn=config', attributes)).map(lockoutOf389)
    const local = await policies(localPolicy, attributes)
    const read = [...serverWide, ...local.map(lockoutOf389)].filter(rule => rule !== null)
    return serverWide.some(rule => rule !== null) ? strictestLockout(read) : null
  }
  if (!reader.hasPolicies) return noLockout
  const read = (
    await policies(policyFilter, ['pwdAttribute', 'pwdLockout', 'pwdMaxFailure', 'pwdFailureCountInterval'])
  )
    .map(lockoutOfPolicy)
    .filter(rule => rule !== null)
  return read.length > 0 ? strictestLockout(read) : null
}
