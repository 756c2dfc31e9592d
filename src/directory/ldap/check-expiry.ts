import { AndFilter, FilterParser } from 'ldapts'
import { type CheckName, report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { good } from './check-connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { type EntryMapper, personAttributes } from './entry.ts'
import { createSampler, populationNames } from './sampler.ts'

/** Where passwords expire, whether the portal can say when: otherwise it tells nobody. `name`: the line of this kind of server. */
export const createExpiryCheck =
  ({ settings, dialect }: EntryMapper, connectionPool: ConnectionPool, name: CheckName, bindDn: string) =>
  async (): Promise<Finding[]> => {
    const rules = await dialect.readPolicyRules(connectionPool)
    if (!rules.expire) return []
    const readSample = createSampler(connectionPool)
    const found = await Promise.all(
      populationNames.map(population => {
        const { base, filter } = settings.populations[population]
        const filters = [filter, rules.withPassword].map(text => FilterParser.parseString(text))
        return readSample(base, new AndFilter({ filters }).toString(), personAttributes(settings, dialect))
      }),
    )
    const entries = found.flat()
    const unknown = entries.filter(entry => !rules.isKnownFor(entry)).length
    return entries.length === 0 || unknown > 0
      ? [
          report(name, {
            means: `Passwords expire here, and of ${entries.length} people looked at the portal knows of ${entries.length - unknown} when, and of ${unknown} not by which policy: it tells those nothing before.`,
            values: { bindDn },
          }),
        ]
      : [
          good(
            name,
            `The portal knows of ${entries.length} of ${entries.length} people when their password expires, if it does.`,
          ),
        ]
  }
