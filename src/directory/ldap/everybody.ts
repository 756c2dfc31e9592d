import { AndFilter, type SearchOptions } from 'ldapts'
import { type CountedPerson, numberKinds } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { type ConnectionPool, UnreachableError } from './connection-pool.ts'
import { type EntryMapper, personAttributes, toPerson } from './entry.ts'
import { ldapFaultSentence } from './fault.ts'
import { readInPages } from './pages.ts'
import { type ReadPrivilegedMembers, UnknownPrivilegedGroup } from './privileged-groups.ts'
import { type Scope, scopesOf } from './scopes.ts'
import { isReachable } from './survey.ts'

/** Whether a card of one of these populations leads to the entry, by a number as people may type it. */
const hasNumber = ({ settings }: EntryMapper, { populations }: Scope, entry: Entry) =>
  numberKinds.some(kind => {
    const setting = settings.numbers[kind]
    const isOwn = populations.includes(setting.population)
    return isOwn && valuesOf(entry, setting.attribute).some(value => isReachable(kind, value, setting))
  })

const counted = (mapper: EntryMapper, scope: Scope, entry: Entry, isPrivileged: boolean): CountedPerson[] => {
  const person = toPerson(entry, mapper, scope.populations, isPrivileged)
  if (!person) return []
  const { id, populations, privileged, closed, birthDate } = person
  const isFindable = birthDate !== null && hasNumber(mapper, scope, entry)
  return [{ id, populations, privileged, closed, isFindable }]
}

/**
 * Returns a function that reads everybody, in pages and scope after scope; it gives the sentence of a limit of the server that ended the
 * reading. Throws `UnreachableError`, and the LDAP results of the server.
 */
export const createEverybodyReader = (
  mapper: EntryMapper,
  service: ConnectionPool,
  readPrivilegedMembers: ReadPrivilegedMembers,
) => {
  const { settings, dialect } = mapper

  const read = (base: string, options: SearchOptions, each: (entries: readonly Entry[]) => void) =>
    service.with(({ client }) => readInPages(client, [base, { scope: 'sub', ...options }], each), {
      retry: false,
    })

  /** Where the server follows groups itself, it says who is privileged, as in the search of a journey. */
  const readPrivileged = async ({ base, filter }: Scope) => {
    const found = new Set<string>()
    if (dialect.privilegedFilter)
      await read(
        base,
        { filter: new AndFilter({ filters: [filter, dialect.privilegedFilter] }), attributes: ['1.1'] },
        entries => {
          for (const { dn } of entries) found.add(dn)
        },
      )
    return found
  }

  return async (add: (people: readonly CountedPerson[]) => void): Promise<string | null> => {
    const members = await readPrivilegedMembers()
    if (members.unknown.length > 0)
      throw new UnreachableError(false, new UnknownPrivilegedGroup(members.unknown))
    const loginNames = [settings.attributes.login, 'uid']
    for (const scope of scopesOf(settings)) {
      const privileged = await readPrivileged(scope)
      const isPrivileged = (entry: Entry) =>
        privileged.has(entry.dn) ||
        members.includes(
          entry,
          loginNames.flatMap(name => valuesOf(entry, name)),
        )
      const limit = await read(
        scope.base,
        {
          filter: scope.filter,
          attributes: personAttributes(settings, dialect),
          explicitBufferAttributes: [...dialect.binaryAttributes],
        },
        entries => add(entries.flatMap(entry => counted(mapper, scope, entry, isPrivileged(entry)))),
      )
      if (limit) return ldapFaultSentence(limit)
    }
    return null
  }
}
