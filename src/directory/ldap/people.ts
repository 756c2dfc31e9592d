import { AndFilter, type Client, EqualityFilter, type Filter, OrFilter, type SearchOptions } from 'ldapts'
import type { NumberKind, Person, PersonId } from '../directory.ts'
import { createRefreshed } from '../refreshed.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { abortable, type ConnectionPool, UnreachableError } from './connection-pool.ts'
import { type EntryMapper, personAttributes, toPerson } from './entry.ts'
import { createEverybodyReader } from './everybody.ts'
import { createExpiringReader } from './expiring.ts'
import { foldStored, lookupVariants } from './lookup-variants.ts'
import type { PolicyRules } from './policy-rules.ts'
import {
  createPrivilegedGroups,
  type PrivilegedMembers,
  type ReadPrivilegedMembers,
  UnknownPrivilegedGroup,
} from './privileged-groups.ts'
import { type Scope, scopesOf } from './scopes.ts'

const equals = (attribute: string, value: string) => new EqualityFilter({ attribute, value })

const maxRemembered = 20_000

/** Two people are told from one, and more than two are not needed. */
const sizeLimit = 2

type FoundEntry = { readonly entry: Entry; readonly isInPrivilegedGroup: boolean }
type RuledEntry = FoundEntry & { readonly rules: PolicyRules | undefined }
/** What one search found in each scope that was searched. */
type ScopeAnswer = { readonly scope: Scope; readonly found: readonly RuledEntry[] }

/**
 * Searches a filter under a base. Where the server follows groups itself, a second search finds the privileged people among the
 * entries. It is made even if the first search found nobody: one more request for people who exist would reveal who exists.
 */
const createSearch = ({ settings, dialect }: EntryMapper) => {
  const searchOptions = {
    scope: 'sub',
    sizeLimit,
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
          sizeLimit,
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

/** Searches a filter in one scope. */
const createScopeSearch = (
  entryMapper: EntryMapper,
  service: ConnectionPool,
  readPrivilegedMembers: ReadPrivilegedMembers,
) => {
  const search = createSearch(entryMapper)
  const { dialect, now } = entryMapper
  const policyRules = createRefreshed(() => dialect.readPolicyRules(service), now)
  return async (scope: Scope, filter: Filter, signal?: AbortSignal): Promise<ScopeAnswer> => {
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
    return { scope, found: found.map(one => ({ ...one, rules })) }
  }
}

/**
 * Maps what was found to people. Who was found in several scopes is of the populations of each, whichever number or search led to the
 * entry: the server itself has said that its base and filter hold it. Where an answer is full, a further entry may be missing in it,
 * and counts as found: it is asked for more, never for less.
 */
const createPersonReader = (entryMapper: EntryMapper) => {
  const { dialect, now } = entryMapper
  const populationsOf = (answers: readonly ScopeAnswer[], id: string | undefined) =>
    answers
      .filter(
        ({ found }) => found.length >= sizeLimit || found.some(({ entry }) => dialect.idOf(entry) === id),
      )
      .flatMap(({ scope }) => scope.populations)
  return (answers: readonly ScopeAnswer[], { entry, isInPrivilegedGroup, rules }: RuledEntry) => {
    const populations = populationsOf(answers, dialect.idOf(entry))
    const person = toPerson(entry, entryMapper, populations, isInPrivilegedGroup)
    if (!person) return null
    const passwordExpiry = rules?.expiryOf(entry)
    const closed = person.closed || (dialect.keepsLock(entry, rules, now()) && 'for-a-time')
    return { ...person, closed, ...(passwordExpiry && { passwordExpiry }) }
  }
}

/** The scope where each entry was last found, to search it first; a wrong guess costs one search. */
const createLastScopes = (scopes: readonly Scope[]) => {
  const last = new Map<string, Scope>()
  return {
    put: (id: string | undefined, scope: Scope) => {
      if (last.size > maxRemembered) last.clear()
      if (id) last.set(id, scope)
    },
    order: (id: string) => {
      const first = last.get(id)
      return first ? [first, ...scopes.filter(other => other !== first)] : scopes
    },
  }
}

/** Searches several scopes, one after the other. */
const createScopesSearch = (
  { settings, dialect }: EntryMapper,
  searchScope: ReturnType<typeof createScopeSearch>,
  {
    scopes,
    lastScopes,
    everyPopulation,
  }: {
    readonly scopes: readonly Scope[]
    readonly lastScopes: ReturnType<typeof createLastScopes>
    readonly everyPopulation: boolean
  },
) => {
  const searchScopes = async (
    among: readonly Scope[],
    filter: Filter,
    signal?: AbortSignal,
    until: (answer: ScopeAnswer) => boolean = () => false,
  ) => {
    const answers: ScopeAnswer[] = []
    for (const scope of among) {
      const answer = await searchScope(scope, filter, signal)
      answers.push(answer)
      for (const { entry } of answer.found) lastScopes.put(dialect.idOf(entry), scope)
      if (until(answer)) break
    }
    return answers
  }

  /** Only people of the population of the number are found; the other scopes say to which populations they belong too. */
  const searchPopulation = async (kind: NumberKind, filters: Filter[], signal?: AbortSignal) => {
    const { population } = settings.numbers[kind]
    const isOwn = ({ populations }: Scope) => populations.includes(population)
    const among = everyPopulation ? scopes : scopes.filter(isOwn)
    const answers = await searchScopes(among, new OrFilter({ filters }), signal)
    return { answers, found: answers.filter(({ scope }) => isOwn(scope)).flatMap(answer => answer.found) }
  }

  return { searchScopes, searchPopulation }
}

/**
 * A directory may find more than the folded number, « groß » for « gross »: two spellings of one person that count as two numbers would
 * reveal who exists.
 */
function holdsNumber({ numbers }: EntryMapper['settings'], entry: Entry, kind: NumberKind, number: string) {
  const { attribute, population: _, ...format } = numbers[kind]
  return valuesOf(entry, attribute).some(value => foldStored(kind, value, format) === number)
}

/** The person whom these answers hold; null where there is none, or several. */
function onlyPersonIn(answers: readonly ScopeAnswer[], readPerson: ReturnType<typeof createPersonReader>) {
  const people = new Map<string, Person>()
  for (const one of answers.flatMap(({ found }) => found)) {
    const person = readPerson(answers, one)
    if (person) people.set(person.id, person)
  }
  const [only] = [...people.values()]
  return people.size === 1 && only ? only : null
}

/**
 * Finds people and their entries. Throws `UnreachableError` when no server answers.
 *
 * `everyPopulation`: what a person must prove depends on their populations. Every look-up then searches every scope, whatever it finds
 * and for known and unknown people alike; nothing that an earlier search found decides which policy applies. Without it, all
 * populations have one requirement, and a look-up ends at the scope of its number or at the first scope that has the entry.
 */
export const createPeopleFinder = (
  entryMapper: EntryMapper,
  service: ConnectionPool,
  { everyPopulation }: { readonly everyPopulation: boolean },
) => {
  const readPrivilegedMembers = createPrivilegedGroups(entryMapper, service)
  const searchScope = createScopeSearch(entryMapper, service, readPrivilegedMembers)
  const { settings, dialect } = entryMapper
  const scopes = scopesOf(settings)
  const lastScopes = createLastScopes(scopes)
  const readPerson = createPersonReader(entryMapper)
  const searched = scopes.flatMap(({ populations }) => populations.slice(0, 1))
  const readExpiring = createExpiringReader(entryMapper, service, readPrivilegedMembers)
  const { searchScopes, searchPopulation } = createScopesSearch(entryMapper, searchScope, {
    scopes,
    lastScopes,
    everyPopulation,
  })

  return {
    byNumber: async (kind: NumberKind, number: string, signal?: AbortSignal): Promise<Person[]> => {
      const { attribute, population: _, ...format } = settings.numbers[kind]
      const filters = lookupVariants(kind, number, format).map(variant => equals(attribute, variant))
      const { answers, found } = await searchPopulation(kind, filters, signal)
      const meant = found.filter(({ entry }) => holdsNumber(settings, entry, kind, number))
      return meant.flatMap(one => readPerson(answers, one) ?? [])
    },

    /** The same by two ids, whichever of them an entry has. */
    byIds: async (
      kind: NumberKind,
      ids: readonly [PersonId, PersonId],
      signal?: AbortSignal,
    ): Promise<Person[]> => {
      const { answers, found } = await searchPopulation(kind, ids.map(dialect.idFilter), signal)
      return found.flatMap(one => readPerson(answers, one) ?? [])
    },

    /** The only person with this login, in any population; null when there are two. */
    byLogin: async (login: string, signal?: AbortSignal): Promise<Person | null> => {
      const answers = await searchScopes(scopes, equals(settings.attributes.login, login), signal)
      return onlyPersonIn(answers, readPerson)
    },

    /** Whose password expires between two instants, without closed and privileged accounts. */
    expiring: (from: number, to: number) => readExpiring(searched, from, to),
    everybody: createEverybodyReader(entryMapper, service, readPrivilegedMembers),

    /** The current DN of the entry, and its person: an entry may have been renamed since it was last read. */
    locate: async (id: PersonId, signal?: AbortSignal): Promise<{ dn: string; person: Person } | null> => {
      const hasIt = ({ found }: ScopeAnswer) => !everyPopulation && found.length > 0
      const answers = await searchScopes(lastScopes.order(id), dialect.idFilter(id), signal, hasIt)
      const [one] = answers.flatMap(({ found }) => found)
      const person = one && readPerson(answers, one)
      return one && person ? { dn: one.entry.dn, person } : null
    },
  }
}
