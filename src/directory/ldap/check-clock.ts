import { seconds } from '../../clock.ts'
import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { good } from './check-connection.ts'
import { parseGeneralizedTime } from './closed.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'

/** Beyond it a date of end or a lock holds for the directory and not for the portal, or the reverse. */
const toleratedDrift = seconds(5)

/** Where servers publish their time: the root of Active Directory, the monitor of OpenLDAP and that of 389 DS. */
const places = [
  { dn: '', attribute: 'currentTime' },
  { dn: 'cn=Current,cn=Time,cn=Monitor', attribute: 'monitorTimestamp' },
  { dn: 'cn=monitor', attribute: 'currentTime' },
] as const

const readTime = async (connectionPool: ConnectionPool): Promise<number | null> => {
  for (const { dn, attribute } of places) {
    const entries = await connectionPool
      .with(
        async ({ client }) =>
          (await client.search(dn, { scope: 'base', attributes: [attribute] })).searchEntries as Entry[],
        { retry: true },
      )
      .catch((fault): Entry[] => {
        if (isServerAnswer(fault)) return []
        throw fault
      })
    const [value] = entries.flatMap(entry => valuesOf(entry, attribute))
    const time = value === undefined ? null : parseGeneralizedTime(value)
    if (time !== null) return time
  }
  return null
}

/** Whether the clock of the directory is that of this machine. */
export const createClockCheck =
  (connectionPool: ConnectionPool, now: () => number, bindDn: string) => async (): Promise<Finding> => {
    const time = await readTime(connectionPool)
    if (time === null)
      return report('directory-clock-unknown', {
        means:
          'The directory does not show its time: whether its clock is that of this machine is not known.',
        values: { bindDn },
      })
    const drift = Math.abs(time - now())
    return drift > toleratedDrift
      ? report('directory-clock', {
          means: `The clock of the directory and the clock of this machine are ${Math.round(drift / 1000)} s apart: an account ends, or may be written, at another time than the directory says.`,
        })
      : good('directory-clock', 'The clock of the directory is that of this machine.')
  }
