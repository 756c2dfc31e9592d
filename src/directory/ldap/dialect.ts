import { EqualityFilter, type Filter } from 'ldapts'
import type { PersonId } from '../directory.ts'
import { type Entry, valuesOf } from './entry.ts'

/** How one kind of server represents entry ids, end dates and privileged groups. */
export type EntryDialect = {
  /** Attributes with binary values. */
  readonly binaryAttributes: readonly string[]
  idOf(entry: Entry): string | undefined
  /** Matches at most one entry. An invalid id still makes one search, which finds nothing, so that timing reveals nothing. */
  idFilter(id: PersonId): Filter
  /** The end date in milliseconds since 1970; null when the value has none, which means no end. */
  parseEndDate(value: string): number | null
  /** Matches members of a privileged group whose entry does not show it (nested groups); null when entries show all. */
  readonly privilegedFilter: Filter | null
}

/** RFC 4517 GeneralizedTime, to the hour, which is precise enough for an end date. */
const parseGeneralizedTime = (value: string) => {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})?/.exec(value)
  return match
    ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4] ?? 0))
    : null
}

/** OpenLDAP and 389 DS: the id is text, and `memberOf` holds every group. */
export const standardDialect = (attribute: string): EntryDialect => ({
  binaryAttributes: [],
  idOf: entry => valuesOf(entry, attribute)[0],
  idFilter: id => new EqualityFilter({ attribute, value: id }),
  parseEndDate: parseGeneralizedTime,
  privilegedFilter: null,
})
