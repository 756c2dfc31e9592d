import { report } from '../../directory/check-lines.ts'
import type { Finding, Population } from '../../directory/directory.ts'
import type { Entries } from '../../directory/entries.ts'
import { accountClass } from './account.ts'

const populations: readonly Population[] = ['student', 'staff', 'external']

/** The hash itself may be hidden from the portal's entry; the class of the account is not. */
const holders = `(|(objectClass=${accountClass})(sambaNTPassword=*))`

/** Counts the people whose NT hash stays that of their old password, because no service writes it. Closes the entries. */
export const checkUnwrittenHashes = async (entries: Entries): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const population of populations) {
    const found = await entries.count(population, holders)
    if (!found.ok || (found.count === 0 && !found.more)) continue
    findings.push(
      report('unwritten-hash', {
        subject: population,
        means: `${found.count}${found.more ? ' or more' : ''} people have a Samba account, and no service writes sambaNTPassword: a RADIUS server that reads it (eduroam) keeps their old password.`,
      }),
    )
  }
  await entries.close()
  return findings
}
