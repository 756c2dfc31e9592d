import { EqualityFilter, type Filter } from 'ldapts'
import type { PersonId } from '../directory.ts'
import { type Entry, valuesOf } from './entry.ts'

/** How one kind of server says what every directory says: ids, ends, groups. */
export type EntryDialect = {
  /** Attributes whose values are octets, not text. */
  readonly binaryAttributes: readonly string[]
  idOf(entry: Entry): string | undefined
  /** Matches at most one entry; an id that no entry can have still makes one search, which finds nothing. */
  idFilter(id: PersonId): Filter
  /** The instant that an end date says; null when it says none, which is no end. */
  parseEndDate(held: string): number | null
  /** Matches who belongs to a privileged group in a way that the entry itself does not show. */
  readonly privilegedFilter: Filter | null
}

/** RFC 4517 GeneralizedTime, as far as the hour: that is what an end date says. */
const parseGeneralizedTime = (held: string) => {
  const found = /^(\d{4})(\d{2})(\d{2})(\d{2})?/.exec(held)
  return found
    ? Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3]), Number(found[4] ?? 0))
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
