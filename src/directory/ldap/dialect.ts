import { EqualityFilter, type Filter } from 'ldapts'
import type { PersonId } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { isClosedByDirectory, lifecycleAttributes, parseGeneralizedTime } from './closed.ts'
import type { LdapSettings } from './settings.ts'

/** How one kind of server represents entry ids, end dates, closed accounts and privileged groups. */
export type EntryDialect = {
  /** Attributes with binary values. */
  readonly binaryAttributes: readonly string[]
  /** Further attributes that a search for people requests. */
  readonly attributes: readonly string[]
  idOf(entry: Entry): string | undefined
  /** Matches at most one entry. An invalid id still makes one search, which finds nothing, so that timing reveals nothing. */
  idFilter(id: PersonId): Filter
  /** The end date in milliseconds since 1970; null when the value has none, which means no end. */
  parseEndDate(value: string): number | null
  /** Whether the directory itself lets nobody use this account now. */
  isClosed(entry: Entry, now: number): boolean
  /**
   * Matches members of a privileged group, also through other groups, where the server follows groups itself; null where the
   * members are read from the groups (`privileged-groups.ts`).
   */
  readonly privilegedFilter: Filter | null
}

/** OpenLDAP and 389 DS: the id is text, and groups hold their members. */
export const standardDialect = ({
  attributes,
  closedStates,
}: Pick<LdapSettings, 'attributes' | 'closedStates'>): EntryDialect => ({
  binaryAttributes: [],
  attributes: ['gidNumber', ...lifecycleAttributes, ...Object.keys(closedStates)],
  idOf: entry => valuesOf(entry, attributes.id)[0],
  idFilter: id => new EqualityFilter({ attribute: attributes.id, value: id }),
  parseEndDate: parseGeneralizedTime,
  isClosed: (entry, now) => isClosedByDirectory(entry, closedStates, now),
  privilegedFilter: null,
})
