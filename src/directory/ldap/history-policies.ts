import { type Entry, valuesOf } from './attributes.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { isSameDn, isWithin } from './dn.ts'
import { findLocalPolicies389, findPolicies, policyKindOf, readConfig389 } from './lockout.ts'
import { createSampler, populationNames } from './sampler.ts'
import type { LdapSettings } from './settings.ts'

/** A password policy. `last`: how many old passwords it refuses; `null`: the portal may not read it. */
export type HistoryPolicy = { readonly dn: string; readonly last: number | null }

/** The password policies of a server, as far as they keep old passwords. */
export type HistoryPolicies = {
  readonly server: 'OpenLDAP' | '389 DS'
  /** The policy of entries without one of their own; `null`: it is not known which. */
  readonly usual: HistoryPolicy | null
  /** Those that entries name as their own; `null`: the server does not look at that. */
  readonly others: readonly HistoryPolicy[] | null
  /**
   * DN of an overlay that is told to record nothing, so that no policy has old passwords to compare with; `unread`: the portal finds
   * no overlay of the people, so it may be told so.
   */
  readonly recordsNothing: string | 'unread' | null
  /** Entries whose members no policy binds (389 DS, passwordAdminDN). */
  readonly administrators: readonly string[]
}

/** RFC 4511 §A.2. */
const noSuchAttribute = 16
const insufficientRights = 50

/** What a compare shows: its answer, an attribute that is missing or hidden, or nothing, as of an entry that does not exist. */
export const compared = async (
  connectionPool: ConnectionPool,
  dn: string,
  attribute: string,
  value: string,
): Promise<boolean | 'missing' | 'hidden' | 'unknown'> => {
  try {
    return await connectionPool.with(({ client }) => client.compare(dn, attribute, value), { retry: true })
  } catch (fault) {
    if (!isServerAnswer(fault)) throw fault
    if (fault.code === noSuchAttribute) return 'missing'
    return fault.code === insufficientRights ? 'hidden' : 'unknown'
  }
}

/** An attribute that does not come with its entry is missing there, or may not be read. */
const isMissing = async (connectionPool: ConnectionPool, dn: string, attribute: string, value: string) =>
  (await compared(connectionPool, dn, attribute, value)) === 'missing'

const inOpenLdap = async (connectionPool: ConnectionPool, entry: Entry): Promise<HistoryPolicy> => {
  const [value] = valuesOf(entry, 'pwdInHistory')
  if (value !== undefined) return { dn: entry.dn, last: Number(value) }
  return { dn: entry.dn, last: (await isMissing(connectionPool, entry.dn, 'pwdInHistory', '0')) ? 0 : null }
}

/** The overlay of the database that holds the people, as far as the portal may read cn=config (slapo-ppolicy(5)). */
const readOverlay = async (settings: LdapSettings, connectionPool: ConnectionPool) => {
  const readSample = createSampler(connectionPool)
  const search = (filter: string, attributes: string[]) =>
    readSample('cn=config', filter, attributes).catch((fault): Entry[] => {
      if (isServerAnswer(fault)) return []
      throw fault
    })
  const databases = (await search('(olcSuffix=*)', ['olcSuffix'])).filter(database =>
    populationNames.some(name =>
      valuesOf(database, 'olcSuffix').some(suffix => isWithin(settings.populations[name].base, suffix)),
    ),
  )
  const names = ['olcPPolicyDefault', 'olcPPolicyDisableWrite']
  const overlays = await search(
    '(|(objectClass=olcPPolicyConfig)(olcPPolicyDefault=*)(olcPPolicyDisableWrite=*))',
    names,
  )
  return overlays.find(overlay => databases.some(({ dn }) => isWithin(overlay.dn, dn)))
}

const silentDn = (overlay: Entry) =>
  valuesOf(overlay, 'olcPPolicyDisableWrite')[0]?.toUpperCase() === 'TRUE' ? overlay.dn : null

const readOpenLdap = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<HistoryPolicies | null> => {
  const entries = await findPolicies(settings, connectionPool, ['pwdAttribute', 'pwdInHistory'])
  if (entries === null) return null
  const policies = await Promise.all(entries.map(entry => inOpenLdap(connectionPool, entry)))
  const overlay = await readOverlay(settings, connectionPool)
  const usual = (overlay && valuesOf(overlay, 'olcPPolicyDefault')[0]) ?? settings.passwordPolicy
  return {
    server: 'OpenLDAP',
    usual: policies.find(({ dn }) => usual && isSameDn(dn, usual)) ?? null,
    others: policies.filter(({ dn }) => !usual || !isSameDn(dn, usual)),
    recordsNothing: overlay ? silentDn(overlay) : 'unread',
    administrators: [],
  }
}

/** 389 DS keeps six where the number is not given, and none unless it is switched on. */
const lastIn389 = (entry: Entry) =>
  valuesOf(entry, 'passwordHistory')[0]?.toLowerCase() === 'on'
    ? Number(valuesOf(entry, 'passwordInHistory')[0] ?? 6)
    : 0

const in389 = async (connectionPool: ConnectionPool, entry: Entry): Promise<HistoryPolicy> => {
  const { dn } = entry
  if (valuesOf(entry, 'passwordHistory').length > 0) return { dn, last: lastIn389(entry) }
  return { dn, last: (await isMissing(connectionPool, dn, 'passwordHistory', 'on')) ? 0 : null }
}

const read389 = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<HistoryPolicies | null> => {
  const attributes = ['passwordHistory', 'passwordInHistory', 'passwordAdminDN']
  const config = await readConfig389(settings, connectionPool, [...attributes, 'nsslapd-pwpolicy-local'])
  // The server shows each of its settings, also those that nobody gave.
  if (!config || valuesOf(config, 'passwordHistory').length === 0) return null
  const areLocalInForce = valuesOf(config, 'nsslapd-pwpolicy-local')[0]?.toLowerCase() !== 'off'
  const local = areLocalInForce ? await findLocalPolicies389(settings, connectionPool, attributes) : null
  return {
    server: '389 DS',
    usual: { dn: 'cn=config', last: lastIn389(config) },
    others: local && (await Promise.all(local.map(entry => in389(connectionPool, entry)))),
    recordsNothing: null,
    administrators: [config, ...(local ?? [])].flatMap(entry => valuesOf(entry, 'passwordAdminDN')),
  }
}

/**
 * What the portal may read of the policies by which the server refuses old passwords. `none`: the server has no policies.
 * `unreadable`: it has some, and shows none.
 */
export const readHistoryPolicies = async (
  settings: LdapSettings,
  connectionPool: ConnectionPool,
): Promise<HistoryPolicies | 'none' | 'unreadable'> => {
  const kind = await policyKindOf(settings, connectionPool)
  if (kind === 'none') return 'none'
  const policies =
    kind === '389 DS' ? await read389(settings, connectionPool) : await readOpenLdap(settings, connectionPool)
  return policies ?? 'unreadable'
}
