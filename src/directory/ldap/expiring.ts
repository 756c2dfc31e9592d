import { AndFilter, FilterParser, type SearchOptions } from 'ldapts'
import type { ExpiringPassword, Population } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { type ConnectionPool, UnreachableError } from './connection-pool.ts'
import { type EntryMapper, personAttributes, toPerson } from './entry.ts'
import type { PolicyRules } from './policy-rules.ts'
import {
  type PrivilegedMembers,
  type ReadPrivilegedMembers,
  UnknownPrivilegedGroup,
} from './privileged-groups.ts'

const pageSize = 500

type Wanted = {
  readonly rules: PolicyRules
  readonly members: PrivilegedMembers
  readonly from: number
  readonly to: number
}

/** The person of this entry and when their password expires, if they are to be told. */
const expiringPassword = (
  mapper: EntryMapper,
  population: Population,
  entry: Entry,
  { rules, members, from, to }: Wanted,
): ExpiringPassword[] => {
  const expiry = rules.expiryOf(entry)
  if (!expiry || expiry.at <= from || expiry.at > to) return []
  const logins = [mapper.settings.attributes.login, 'uid'].flatMap(name => valuesOf(entry, name))
  const person = toPerson(entry, mapper, [population], members.includes(entry, logins))
  if (!person || person.closed || person.privileged) return []
  return [{ person: person.id, expiresAt: expiry.at }]
}

/**
 * Returns a function that reads, in pages, whose password expires between two instants. Throws `UnreachableError`, and the LDAP
 * results of the server.
 */
export const createExpiringReader = (
  mapper: EntryMapper,
  service: ConnectionPool,
  readPrivilegedMembers: ReadPrivilegedMembers,
) => {
  const { settings, dialect } = mapper

  const readPopulation = (population: Population, filter: string, wanted: Wanted) => {
    const scope = settings.populations[population]
    const filters = [scope.filter, filter].map(text => FilterParser.parseString(text))
    const options = {
      scope: 'sub',
      filter: new AndFilter({ filters }),
      attributes: personAttributes(settings, dialect),
      explicitBufferAttributes: [...dialect.binaryAttributes],
      paged: { pageSize },
    } satisfies SearchOptions
    return service.with(
      async ({ client }) => {
        const found: ExpiringPassword[] = []
        for await (const { searchEntries } of client.searchPaginated(scope.base, options))
          for (const entry of searchEntries as Entry[])
            found.push(...expiringPassword(mapper, population, entry, wanted))
        return found
      },
      { retry: false },
    )
  }

  return async (populations: readonly Population[], from: number, to: number) => {
    const rules = await dialect.readPolicyRules(service)
    const filter = rules.filter(from, to)
    if (filter === null) return []
    const members = await readPrivilegedMembers()
    if (members.unknown.length > 0)
      throw new UnreachableError(false, new UnknownPrivilegedGroup(members.unknown))
    const found = new Map<string, ExpiringPassword>()
    for (const population of populations)
      for (const one of await readPopulation(population, filter, { rules, members, from, to }))
        found.set(one.person, one)
    return [...found.values()]
  }
}
