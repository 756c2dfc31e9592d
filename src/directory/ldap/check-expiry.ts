import { AndFilter, FilterParser } from 'ldapts'
import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { good } from './check-connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { type EntryMapper, personAttributes } from './entry.ts'
import { createSampler, populationNames } from './sampler.ts'

/** Where passwords expire, whether the portal can say when: otherwise it tells nobody. */
export const createExpiryCheck =
  ({ settings, dialect }: EntryMapper, connectionPool: ConnectionPool) =>
  async (): Promise<Finding[]> => {
    const rules = await dialect.readPolicyRules(connectionPool)
    if (!rules.expire) return []
    const readSample = createSampler(connectionPool)
    const found = await Promise.all(
      populationNames.map(name => {
        const { base, filter } = settings.populations[name]
        // An entry without either has no password that the policy knows.
        const changed = FilterParser.parseString('(|(pwdChangedTime=*)(passwordExpirationTime=*))')
        const filters = [FilterParser.parseString(filter), changed]
        return readSample(base, new AndFilter({ filters }).toString(), personAttributes(settings, dialect))
      }),
    )
    const entries = found.flat()
    const known = entries.filter(entry => rules.expiryOf(entry)).length
    const unknown = entries.filter(entry => !rules.isKnownFor(entry)).length
    return known === 0 || unknown > 0
      ? [
          report('expiry', {
            means: `Passwords expire here, and of ${entries.length} people looked at the portal knows of ${known} when, and of ${unknown} not by which policy: it tells those nothing before.`,
          }),
        ]
      : [
          good(
            'expiry',
            `The portal knows of ${known} of ${entries.length} people when their password expires.`,
          ),
        ]
  }
