import { EqualityFilter, type Filter } from 'ldapts'
import type { Closure, PersonId } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { closureOf, lifecycleAttributes, parseEndDate } from './closed.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { expiryAttributes, isLockedNow, noPolicy, type PolicyRules, readPolicyRules } from './policy-rules.ts'
import type { LdapSettings } from './settings.ts'

/** How one kind of server represents entry ids, end dates, closed accounts and privileged groups. */
export type EntryDialect = {
  /** Attributes with binary values. */
  readonly binaryAttributes: readonly string[]
  /** Further attributes that a search for people requests. */
  readonly attributes: readonly string[]
  /** Those that show when a password expires. */
  readonly expiryAttributes: readonly string[]
  idOf(entry: Entry): string | undefined
  /** Matches at most one entry. An invalid id still makes one search, which finds nothing, so that timing reveals nothing. */
  idFilter(id: PersonId): Filter
  /** The end date in milliseconds since 1970; null when the value has none, which means no end. */
  parseEndDate(value: string): number | null
  /** Whether this value is a date of end at all, or says that there is none. */
  isEndDate(value: string): boolean
  /** What closes this account now, besides the configured dates of end. */
  closureOf(entry: Entry, now: number): Closure | false
  /**
   * Matches members of a privileged group, also through other groups, where the server follows groups itself; null where the
   * members are read from the groups (`privileged-groups.ts`).
   */
  readonly privilegedFilter: Filter | null
  /** Whether wrong passwords locked the account for a time, and a write, which would end that, must wait. `rules`: if known. */
  keepsLock(entry: Entry, rules: PolicyRules | undefined, now: number): boolean
  /** The rules by which passwords expire and locks end. LDAP results and faults of the network are thrown. */
  readPolicyRules(connectionPool: ConnectionPool): Promise<PolicyRules>
}

/** OpenLDAP and 389 DS: the id is text, and groups hold their members. */
export const standardDialect = (settings: LdapSettings): EntryDialect => {
  const { attributes, closedStates } = settings
  return {
    binaryAttributes: [],
    attributes: ['gidNumber', ...lifecycleAttributes, ...Object.keys(closedStates)],
    expiryAttributes,
    idOf: entry => valuesOf(entry, attributes.id)[0],
    idFilter: id => new EqualityFilter({ attribute: attributes.id, value: id }),
    parseEndDate,
    isEndDate: value => parseEndDate(value) !== null,
    closureOf: (entry, now) => closureOf(entry, closedStates, now),
    privilegedFilter: null,
    keepsLock: (entry, rules = noPolicy, now) => !settings.unlock && isLockedNow(entry, rules, now),
    readPolicyRules: connectionPool => readPolicyRules(settings, connectionPool),
  }
}
