import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { isServerAnswer, UnreachableError } from './connection-pool.ts'
import { ldapFaultSentence } from './fault.ts'

/** A directory that does not answer leaves the history untried; one that refuses a search of it leaves it unknown. */
export const withFaultFindings = async (find: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await find()
  } catch (fault) {
    if (fault instanceof UnreachableError)
      return [report('directory-history-untried', { means: 'The directory does not answer.' })]
    if (!isServerAnswer(fault)) throw fault
    return [
      report('directory-history-unknown', {
        means: `The directory refuses to show its password policies (${ldapFaultSentence(fault)}).`,
        values: { setting: 'Give the portal’s entry the rights of docs/operate' },
      }),
    ]
  }
}
