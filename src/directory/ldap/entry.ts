import { plainAddress } from '../../texts/mail-address.ts'
import { isPossibleBirthDate } from '../birth-date.ts'
import type { BirthDate, Person, PersonId, Population } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import type { EntryDialect } from './dialect.ts'
import { foldValue, rdnValue } from './dn.ts'
import type { birthDateFormats, PeopleSettings } from './settings.ts'

/**
 * The month and the day may be absent or 00: civil registries abroad know some births by the year alone. Such people type 00 for
 * what is not known.
 */
export const birthDatePatterns: Readonly<Record<(typeof birthDateFormats)[number], RegExp>> = {
  'YYYY-MM-DD': /^(?<year>\d{4})(?:-(?<month>\d{2})(?:-(?<day>\d{2}))?)?$/,
  YYYYMMDD: /^(?<year>\d{4})(?:(?<month>\d{2})(?<day>\d{2})?)?$/,
  YYYYMMDDhhmmssZ:
    /^(?<year>\d{4})(?:(?<month>\d{2})(?:(?<day>\d{2})(?:(?<hour>\d{2})(?:(?<minute>\d{2})(?:(?<second>\d{2})(?:[.,]\d+)?)?)?(?<zone>Z|[+-]\d{2}(?:\d{2})?))?)?)?$/,
  'DD/MM/YYYY': /^(?:(?:(?<day>\d{2})\/)?(?<month>\d{2})\/)?(?<year>\d{4})$/,
}

/**
 * Programs that keep a date of birth as an instant write the midnight of their own zone in UTC: east of Greenwich, as in France, that
 * is late on the day before (`19561231230000Z` for 1 January 1957). Zones differ by quarters of an hour.
 */
const isMidnightOfNextDay = ({ hour = '', minute = '00', second = '00', zone }: Record<string, string>) =>
  zone === 'Z' && Number(hour) > 12 && Number(minute) % 15 === 0 && second === '00'

const dayAfter = ({ year, month, day }: BirthDate): BirthDate => {
  const next = new Date(Date.UTC(year, month - 1, day + 1))
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() }
}

/** `null` too for a date that nobody can type, such as 0000-00-00, which programs write where they know none. */
const readBirthDate = (
  value: string | undefined,
  format: (typeof birthDateFormats)[number],
  now: number,
): BirthDate | null => {
  const groups = birthDatePatterns[format].exec(value?.trim() ?? '')?.groups
  if (!groups) return null
  const { year, month = '0', day = '0' } = groups
  const written = { year: Number(year), month: Number(month), day: Number(day) }
  const date = isMidnightOfNextDay(groups) ? dayAfter(written) : written
  return isPossibleBirthDate(date, new Date(now)) ? date : null
}

/** SupAnn's composite form puts a label before an address: `{PERSO}camille@maison.example`. */
const addressPattern = /^(?:\{[^}]*\})?(?:mailto:)?([^\s@<>]+@[^\s@<>]+)$/i
const betweenAddresses = /[\s,;<>]+/

const namedAddress = /^[^@<>,;]*<([^\s@<>]+@[^\s@<>]+)>$/

/**
 * The addresses in a value: one, or several after one another, each with or without a label, as people put them into a field for
 * one; or one with its name, « Camille <camille@univ.example> ». In any other sentence an address is somebody's remark, such as
 * « formerly … »: it is read as none, because notices go to the addresses of the directory.
 */
const readAddresses = (value: string) => {
  const text = namedAddress.exec(value.trim())?.[1] ?? value
  const parts = text
    .replace(/\}\s+/g, '}')
    .split(betweenAddresses)
    .filter(Boolean)
    .map(part => addressPattern.exec(part)?.[1])
  return parts.includes(undefined)
    ? []
    : parts.flatMap(address => (address ? plainAddress(address).toLowerCase() : []))
}

const hasEnded = (entry: Entry, attributes: readonly string[], dialect: EntryDialect, now: number) => {
  const dates = attributes.flatMap(attribute => valuesOf(entry, attribute)).map(dialect.parseEndDate)
  return dates.length > 0 && dates.every(date => date !== null && date < now)
}

/** Prefers the login in the RDN: `uid` may have several values, and LDAP does not order them. */
const loginOf = (entry: Entry, attribute: string) => {
  const logins = valuesOf(entry, attribute)
  const own = rdnValue(entry.dn, attribute)
  return logins.find(login => foldValue(login) === own) ?? logins[0] ?? ''
}

/** The settings, dialect and clock by which an entry is mapped to a person. */
export type EntryMapper = {
  readonly settings: PeopleSettings
  readonly dialect: EntryDialect
  readonly now: () => number
}

/** Maps an entry to a person; null when the entry has no stable id or no login. */
export const toPerson = (
  entry: Entry,
  { settings, dialect, now }: EntryMapper,
  populations: readonly Population[],
  isInPrivilegedGroup: boolean,
): Person | null => {
  const { attributes } = settings
  const id = dialect.idOf(entry)
  const login = loginOf(entry, attributes.login)
  if (!id || !login) return null
  const addresses = attributes.addresses
    .flatMap(attribute => valuesOf(entry, attribute))
    .flatMap(readAddresses)
  return {
    id: id as PersonId,
    login,
    populations,
    displayName: valuesOf(entry, attributes.displayName)[0] ?? login,
    firstNames: valuesOf(entry, attributes.firstNames),
    familyNames: valuesOf(entry, attributes.familyNames),
    birthDate: readBirthDate(valuesOf(entry, attributes.birthDate)[0], settings.birthDateFormat, now()),
    addresses: [...new Set(addresses)],
    privileged: isInPrivilegedGroup || valuesOf(entry, 'adminCount').includes('1'),
    closed:
      dialect.closureOf(entry, now()) ||
      (hasEnded(entry, attributes.endDates, dialect, now()) && 'by-record'),
  }
}

/** The attributes that a search for people requests. */
export const personAttributes = ({ attributes, numbers }: PeopleSettings, dialect: EntryDialect) => [
  ...new Set([
    attributes.id,
    attributes.login,
    'uid',
    ...Object.values(numbers).map(({ attribute }) => attribute),
    attributes.displayName,
    attributes.firstNames,
    attributes.familyNames,
    attributes.birthDate,
    ...attributes.addresses,
    ...attributes.endDates,
    ...dialect.attributes,
    ...dialect.expiryAttributes,
    'memberOf',
    'adminCount',
  ]),
]
