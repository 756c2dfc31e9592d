import { days, seconds } from '../../clock.ts'
import type { EntryChange, PersonEntry } from '../../directory/entries.ts'
import type { SambaSettings } from './settings.ts'

export const accountClass = 'sambaSamAccount'
export const withoutAccount = `(!(objectClass=${accountClass}))`

/** The attributes of an entry that `accountChanges` and `passwordDateChanges` read. */
export const requiredAttributes = ({ rid }: SambaSettings) => [
  'objectClass',
  'shadowLastChange',
  'sambaSID',
  rid.attribute,
]

const hasClass = (entry: PersonEntry, name: string) =>
  entry.valuesOf('objectClass').some(value => value.toLowerCase() === name.toLowerCase())

/** The largest relative identifier: 32 bits without the sign (MS-DTYP §2.4.2). */
const largestRid = 0xffff_ffff

/**
 * The changes that make this entry a Samba account: none when it already is one; null when that is impossible, because no
 * domain is configured or the entry has no number for a SID.
 */
export const accountChanges = (
  { domainSid, rid }: SambaSettings,
  entry: PersonEntry,
): readonly EntryChange[] | null => {
  if (hasClass(entry, accountClass)) return []
  const number = entry.valuesOf(rid.attribute)[0] ?? ''
  const end = Number(number) * rid.multiply + rid.add
  if (domainSid === undefined || !/^\d{1,10}$/.test(number) || end > largestRid) return null
  return [
    { how: 'add', attribute: 'objectClass', values: [accountClass] },
    { how: 'replace', attribute: 'sambaSID', values: [`${domainSid}-${end}`] },
  ]
}

/** Sets the date of the password in each attribute that the entry uses, since other software reads its expiry from both. */
export const passwordDateChanges = (entry: PersonEntry, now: number): readonly EntryChange[] => {
  const inSeconds = String(Math.floor(now / seconds(1)))
  const inDays = String(Math.floor(now / days(1)))
  const set: EntryChange = { how: 'replace', attribute: 'sambaPwdLastSet', values: [inSeconds] }
  return entry.valuesOf('shadowLastChange').length > 0
    ? [set, { how: 'replace', attribute: 'shadowLastChange', values: [inDays] }]
    : [set]
}
