import {
  AndFilter,
  type Client,
  EqualityFilter,
  type Filter,
  FilterParser,
  OrFilter,
  type SearchOptions,
} from 'ldapts'
import type { NumberKind, Person, PersonId, Population } from '../directory.ts'
import { createRefreshed } from '../refreshed.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { abortable, type ConnectionPool, UnreachableError } from './connection-pool.ts'
import { type EntryMapper, personAttributes, toPerson } from './entry.ts'
import { createExpiringReader } from './expiring.ts'
import { foldStored, lookupVariants } from './lookup-variants.ts'
import type { PolicyRules } from './policy-rules.ts'
import {
  createPrivilegedGroups,
  type PrivilegedMembers,
  type ReadPrivilegedMembers,
  UnknownPrivilegedGroup,
} from './privileged-groups.ts'

const populations: readonly Population[] = ['student', 'staff', 'external']

const equals = (attribute: string, value: string) => new EqualityFilter({ attribute, value })

const maxRemembered = 20_000

type FoundEntry = { readonly entry: Entry; readonly isInPrivilegedGroup: boolean }
type RuledEntry = FoundEntry & { readonly rules: PolicyRules | undefined }

/**
 * Searches a filter under a base. Where the server follows groups itself, a second search finds the privileged people among the
 * entries. It is made even if the first search found nobody: one more request for people who exist would reveal who exists.
 */
const createSearch = ({ settings, dialect }: EntryMapper) => {
  const searchOptions = {
    scope: 'sub',
    sizeLimit: 2,
    attributes: personAttributes(settings, dialect),
    explicitBufferAttributes: [...dialect.binaryAttributes],
  } satisfies SearchOptions
  const { privilegedFilter } = dialect
  return async (
    client: Client,
    base: string,
    filter: Filter,
    members: PrivilegedMembers,
  ): Promise<FoundEntry[]> => {
    const [all, privileged] = await Promise.all([
      client.search(base, { ...searchOptions, filter }),
      privilegedFilter &&
        client.search(base, {
          scope: 'sub',
          sizeLimit: 2,
          attributes: ['1.1'],
          filter: new AndFilter({ filters: [filter, privilegedFilter] }),
        }),
    ])
    const dns = new Set(privileged?.searchEntries.map(({ dn }) => dn))
    return (all.searchEntries as Entry[]).map(entry => ({
      entry,
      isInPrivilegedGroup:
        dns.has(entry.dn) ||
        members.includes(
          entry,
          [settings.attributes.login, 'uid'].flatMap(name => valuesOf(entry, name)),
        ),
    }))
  }
}

/** Each population has its own base and filter; a number is searched only in the population of its kind. */
const createPopulationSearch = (
  entryMapper: EntryMapper,
  service: ConnectionPool,
  readPrivilegedMembers: ReadPrivilegedMembers,
) => {
  const search = createSearch(entryMapper)
  const { settings, dialect, now } = entryMapper
  const policyRules = createRefreshed(() => dialect.readPolicyRules(service), now)
  const scopes = new Map(
    populations.map(population => {
      const { base, filter } = settings.populations[population]
      return [population, { base, filter: FilterParser.parseString(filter) }]
    }),
  )
  return async (population: Population, filter: Filter, signal?: AbortSignal) => {
    const scope = scopes.get(population)
    if (!scope) return []
    const combined = new AndFilter({ filters: [scope.filter, filter] })
    const members = await readPrivilegedMembers(signal)
    // Nobody can be told from an administrator then: nothing is answered and nothing is written, for whomever.
    if (members.unknown.length > 0)
      throw new UnreachableError(false, new UnknownPrivilegedGroup(members.unknown))
    const found = await service.with(({ client }) => search(client, scope.base, combined, members), {
      retry: true,
      signal,
    })
    const rules = await abortable(signal, policyRules(), () => {})
    return found.map(one => ({ ...one, rules }))
  }
}

/** Populations that share a base and a filter, as in a directory of accounts only, are searched once. */
const distinctPopulations = ({ settings }: EntryMapper) =>
  populations.filter((population, index) => {
    const { base, filter } = settings.populations[population]
    return !populations
      .slice(0, index)
      .some(
        other => settings.populations[other].base === base && settings.populations[other].filter === filter,
      )
  })

/** Finds people and their entries. Throws `UnreachableError` when no server answers. */
export const createPeopleFinder = (entryMapper: EntryMapper, service: ConnectionPool) => {
  const readPrivilegedMembers = createPrivilegedGroups(entryMapper, service)
  const searchPopulation = createPopulationSearch(entryMapper, service, readPrivilegedMembers)
  const ownPopulations = distinctPopulations(entryMapper)
  const { settings, dialect, now } = entryMapper

  /** The population where each entry was last found, which is searched first; a wrong guess costs one search. */
  const lastPopulations = new Map<string, Population>()
  const personFrom = ({ entry, isInPrivilegedGroup, rules }: RuledEntry, population: Population) => {
    const person = toPerson(entry, entryMapper, [population], isInPrivilegedGroup)
    if (lastPopulations.size > maxRemembered) lastPopulations.clear()
    if (!person) return null
    lastPopulations.set(person.id, population)
    const passwordExpiry = rules?.expiryOf(entry)
    const closed = person.closed || (dialect.keepsLock(entry, rules, now()) && 'for-a-time')
    return { ...person, closed, ...(passwordExpiry && { passwordExpiry }) }
  }

  const readExpiring = createExpiringReader(entryMapper, service, readPrivilegedMembers)

  const searchOrder = (first: Population | undefined) =>
    first ? [first, ...ownPopulations.filter(other => other !== first)] : ownPopulations

  return {
    byNumber: async (kind: NumberKind, number: string, signal?: AbortSignal): Promise<Person[]> => {
      const { attribute, population, ...format } = settings.numbers[kind]
      const filters = lookupVariants(kind, number, format).map(variant => equals(attribute, variant))
      const found = await searchPopulation(population, new OrFilter({ filters }), signal)
      // A directory may find more than the folded number, « groß » for « gross »: two spellings of one person that count as two
      // numbers would reveal who exists.
      const isMeant = ({ entry }: FoundEntry) =>
        valuesOf(entry, attribute).some(value => foldStored(kind, value, format) === number)
      return found.filter(isMeant).flatMap(one => personFrom(one, population) ?? [])
    },

    /** The only person with this login, in any population; null when there are two. */
    byLogin: async (login: string, signal?: AbortSignal): Promise<Person | null> => {
      const found = new Map<string, Person>()
      for (const population of ownPopulations)
        for (const one of await searchPopulation(
          population,
          equals(settings.attributes.login, login),
          signal,
        )) {
          const person = personFrom(one, population)
          if (person) found.set(person.id, person)
        }
      const [only] = [...found.values()]
      return found.size === 1 && only ? only : null
    },

    /** Whose password expires between two instants, without closed and privileged accounts. */
    expiring: (from: number, to: number) => readExpiring(ownPopulations, from, to),

    /** The current DN of the entry, and its person: an entry may have been renamed since it was last read. */
    locate: async (id: PersonId, signal?: AbortSignal): Promise<{ dn: string; person: Person } | null> => {
      for (const population of searchOrder(lastPopulations.get(id))) {
        const [one] = await searchPopulation(population, dialect.idFilter(id), signal)
        const person = one && personFrom(one, population)
        if (one && person) return { dn: one.entry.dn, person }
      }
      return null
    },
  }
}
