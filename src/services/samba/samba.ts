import type { Finding, Population } from '../../directory/directory.ts'
import type { Entries } from '../../directory/entries.ts'
import { ok, refused } from '../../result.ts'
import type { AccountRef, WriteResult, Writer } from '../services.ts'
import { accountChanges, passwordDateChanges, requiredAttributes, withoutAccount } from './account.ts'
import { ntHash } from './nt-hash.ts'
import type { SambaSettings } from './settings.ts'

const reasons = {
  'directory-not-allowed': 'service-not-allowed',
  'directory-unavailable': 'service-unavailable',
  'outcome-unknown': 'outcome-unknown',
} as const

const populations: readonly Population[] = ['student', 'staff', 'external']

const checkAccounts =
  (settings: SambaSettings, entries: Entries) =>
  async (population: Population): Promise<Finding> => {
    const what = `samba ${population}`
    const found = await entries.count(population, withoutAccount)
    if (!found.ok) return { level: 'wrong', what, detail: 'The directory does not answer.' }
    if (found.count === 0 && !found.more)
      return { level: 'good', what, detail: 'Everybody has sambaSamAccount.' }
    const many = `${found.count}${found.more ? ' or more' : ''} people have no sambaSamAccount`
    return settings.domainSid
      ? { level: 'good', what, detail: `${many}: it is added with their next password.` }
      : {
          level: 'warning',
          what,
          detail: `${many}: eduroam does not know them. Set domainSid, so that it is added with their next password.`,
        }
  }

/**
 * Writes the password in the form that FreeRADIUS reads for PEAP-MSCHAPv2: `sambaNTPassword` and the date of the password, in
 * one operation on the person's entry in the source of truth.
 */
export const createSambaWriter = (
  settings: SambaSettings,
  entries: Entries,
  now: () => number = Date.now,
): Writer => {
  const write = async ({ person }: AccountRef, password: string): Promise<WriteResult> => {
    const signal = AbortSignal.timeout(settings.timeout)
    const read = await entries.read(person, requiredAttributes(settings), signal)
    if (!read.ok) return refused('service-unavailable')
    const { entry } = read
    if (entry?.privileged) return refused('service-privileged')
    const account = entry && accountChanges(settings, entry)
    if (!account) return refused('service-no-account')

    const hash = ntHash(password)
    const changes = [
      ...account,
      { how: 'replace' as const, attribute: 'sambaNTPassword', values: [hash] },
      ...passwordDateChanges(entry, now()),
    ]
    const changed = await entries.change(entry.dn, changes, signal)
    if (!changed.ok) return refused(reasons[changed.reason])
    // An overlay or another writer may have changed the value since, so it is compared with the entry.
    const expected = { dn: entry.dn, attribute: 'sambaNTPassword', value: hash }
    const proved = await entries.holds(expected, changed.server, signal)
    return proved.ok && proved.holds ? ok() : refused('outcome-unknown')
  }

  return {
    longest: settings.timeout,
    write,
    check: () => Promise.all(populations.map(checkAccounts(settings, entries))),
    close: entries.close,
  }
}
