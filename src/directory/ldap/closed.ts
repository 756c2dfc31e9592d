import { days } from '../../clock.ts'
import type { Closure } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'

/**
 * The states in which a directory lets nobody use an account. A new password would lift some of them: OpenLDAP removes an
 * administrator's lock at any write of the password. So they are read before each write, and no journey and no change writes
 * such an account. A freeze waits while the server itself closes the account. It writes accounts that only a record closes,
 * because the server would still accept their old password.
 */

/** Operational and POSIX attributes that close an account. An access rule may hide them: see `docs/operate/openldap.acl`. */
export const lifecycleAttributes = [
  'pwdAccountLockedTime',
  'pwdStartTime',
  'pwdEndTime',
  'nsAccountLock',
  'shadowExpire',
] as const

/** The start of a day; null where the calendar lacks it, as 08/31/2026, an American date read as a French one. */
const dayStart = (year: number, month: number, day: number) => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null
}

/** RFC 4517 §3.3.13 GeneralizedTime, to the second. Milliseconds since 1970; null when the value is none. */
export const parseGeneralizedTime = (value: string) => {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?/.exec(value)
  if (!match) return null
  const [, sign, hours = '0', rest = '0'] = /([+-])(\d{2})(\d{2})?$/.exec(value) ?? []
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(rest)) * 60_000
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(part => Number(part ?? 0))
  const start = dayStart(year, month, day)
  return start === null ? null : start + ((hour * 60 + minute) * 60 + second) * 1000 - (sign ? offset : 0)
}

const dayPattern =
  /^(?:(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?<time>T.*)?|(?<d>\d{2})\/(?<m>\d{2})\/(?<y>\d{4}))$/

/**
 * A date of end: as SupAnn writes it, or in the forms of other programs (ISO 8601 with its time, or a day alone, which the person
 * still has). Milliseconds since 1970; null when the value is none.
 */
export const parseEndDate = (value: string) => {
  const text = value.trim()
  const written = dayPattern.exec(text)?.groups
  if (!written) return parseGeneralizedTime(text)
  const { year, month, day, time, y, m, d } = written
  const start = dayStart(Number(year ?? y), Number(month ?? m), Number(day ?? d))
  if (start === null) return null
  const end = time === undefined ? start + days(1) : Date.parse(text)
  return Number.isNaN(end) ? null : end
}

/** draft-behera-ldap-password-policy-10 §5.3.3: this value is no time, but an administrator's lock without end. */
const isPermanentLock = (value: string) => value.startsWith('0000')

/** SupAnn: the account is made, and waits for its person: it is activated, not closed. */
const waitingForPerson = ['supannprecree', 'supanncree']

/**
 * Whether this value is in this state: the same text, or, as SupAnn writes it, the state with a sub-state and with dates between
 * which it holds (`{COMPTE}S:SupannVerrouAdministratif:20260831:20270101`).
 */
const isInState = (value: string, state: string, now: number) => {
  const [name = '', detail = '', from = '', to = ''] = value.replace(/\s+/g, '').toLowerCase().split(':')
  const wanted = state.replace(/\s+/g, '').toLowerCase()
  if (wanted !== name && wanted !== `${name}:${detail}`) return false
  if (wanted === name && waitingForPerson.includes(detail)) return false
  return (parseGeneralizedTime(from) ?? 0) <= now && (parseGeneralizedTime(to) ?? now) >= now
}

type ClosedStates = Readonly<Record<string, readonly string[]>>

/** `closedStates`: values that close an account, by attribute, as SupAnn's `supannRessourceEtat: {COMPTE}I`. */
export const closureOf = (entry: Entry, closedStates: ClosedStates, now: number): Closure | false => {
  const some = (attribute: string, test: (value: string) => boolean) => valuesOf(entry, attribute).some(test)
  const isPast = (value: string) => (parseGeneralizedTime(value) ?? Number.POSITIVE_INFINITY) <= now
  const isClosedByServer =
    some('pwdAccountLockedTime', isPermanentLock) ||
    some('pwdStartTime', value => !isPast(value)) ||
    some('pwdEndTime', isPast) ||
    some('nsAccountLock', value => value.toLowerCase() === 'true')
  if (isClosedByServer) return 'by-server'
  const isClosedByRecord =
    // shadow(5): days since 1970, from which on the account is closed. 0 should not be used and may mean never, -1 does.
    some('shadowExpire', value => /^[1-9]\d*$/.test(value) && Number(value) * days(1) <= now) ||
    Object.entries(closedStates).some(([attribute, states]) =>
      some(attribute, value => states.some(state => isInState(value, state, now))),
    )
  return isClosedByRecord && 'by-record'
}
