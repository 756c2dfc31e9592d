import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter } from 'ldapts'
import type { NumberKind, Person, PersonId, Population } from '../directory.ts'
import { askedAttributes, type Entry, personIn } from './entry.ts'
import type { Links } from './links.ts'
import type { LdapSettings } from './settings.ts'
import { spellingsOf } from './spellings.ts'

const populations: readonly Population[] = ['student', 'staff', 'external']

const equals = (attribute: string, value: string) => new EqualityFilter({ attribute, value })

const largestGuess = 20_000

/** Each population has its own base and filter; a number is searched only where its card says. */
const searchIn = (settings: LdapSettings, service: Links) => {
  const attributes = askedAttributes(settings)
  const scopes = new Map(
    populations.map(population => {
      const { base, filter } = settings.populations[population]
      return [population, { base, filter: FilterParser.parseString(filter) }]
    }),
  )
  const search = (base: string, filter: Filter, signal: AbortSignal | undefined) =>
    service.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: 2 }))
          .searchEntries as Entry[],
      { again: true, signal },
    )
  return async (population: Population, filter: Filter, signal?: AbortSignal) => {
    const scope = scopes.get(population)
    return scope ? search(scope.base, new AndFilter({ filters: [scope.filter, filter] }), signal) : []
  }
}

/** Finds people and their entries. Throws `Unreachable` when no server answers. */
export const ldapPeople = (settings: LdapSettings, service: Links, now: () => number) => {
  const within = searchIn(settings, service)
  const { id: idAttribute, login: loginAttribute } = settings.attributes

  /** Where each entry was last seen, to look there first; a guess that costs a search when it is wrong. */
  const whereSeen = new Map<string, Population>()
  const personFrom = (entry: Entry, population: Population) => {
    const person = personIn(entry, settings, [population], now())
    if (whereSeen.size > largestGuess) whereSeen.clear()
    if (person) whereSeen.set(person.id, population)
    return person
  }

  const inOrder = (seen: Population | undefined) =>
    seen ? [seen, ...populations.filter(other => other !== seen)] : populations

  return {
    byNumber: async (kind: NumberKind, number: string): Promise<Person[]> => {
      const { attribute, population, ...how } = settings.numbers[kind]
      const filters = spellingsOf(number, how).map(spelling => equals(attribute, spelling))
      const entries = await within(population, new OrFilter({ filters }))
      return entries.flatMap(entry => personFrom(entry, population) ?? [])
    },

    /** The one person who bears this login, in any population; two are nobody. */
    byLogin: async (login: string): Promise<Person | null> => {
      const found = new Map<string, Person>()
      for (const population of populations)
        for (const entry of await within(population, equals(loginAttribute, login))) {
          const person = personFrom(entry, population)
          if (person) found.set(person.id, person)
        }
      const [only] = [...found.values()]
      return found.size === 1 && only ? only : null
    },

    /** Where the entry is now, and who it is: a DN kept from earlier may have been renamed. */
    locate: async (id: PersonId, signal?: AbortSignal): Promise<{ dn: string; person: Person } | null> => {
      for (const population of inOrder(whereSeen.get(id))) {
        const [entry] = await within(population, equals(idAttribute, id), signal)
        const person = entry && personFrom(entry, population)
        if (entry && person) return { dn: entry.dn, person }
      }
      return null
    },
  }
}
