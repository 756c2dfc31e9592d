import { EqualityFilter, OrFilter, type SearchOptions } from 'ldapts'
import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { good } from './check-connection.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { isWithin, parseDn } from './dn.ts'
import { populationNames } from './sampler.ts'
import type { PeopleSettings } from './settings.ts'

/** A database, with the attributes that have an index for equality in it, in lower case. `suffix: null`: its DN is not known. */
type Database = { readonly suffix: string | null; readonly indexed: ReadonlySet<string> }

/** The databases of the server; an empty list: it does not show them. */
type ReadDatabases = (
  connectionPool: ConnectionPool,
  settings: PeopleSettings,
) => Promise<readonly Database[]>

/** An empty list where the server shows nothing. */
const search = (connectionPool: ConnectionPool, base: string, options: SearchOptions) =>
  connectionPool
    .with(async ({ client }) => (await client.search(base, options)).searchEntries as Entry[], {
      retry: true,
    })
    .catch((fault): Entry[] => {
      if (isServerAnswer(fault)) return []
      throw fault
    })

/** slapd-mdb(5): « olcDbIndex: uid,mail eq,sub »; without kinds those of « default » hold. */
const indexedBy = (lines: readonly string[]) => {
  const parsed = lines.map(line => line.trim().toLowerCase().split(/\s+/))
  const usual = parsed.find(([name]) => name === 'default')?.[1] ?? ''
  return parsed.flatMap(([names = '', kinds = usual]) =>
    kinds.split(',').includes('eq') ? names.split(',') : [],
  )
}

const readOpenLdapDatabases: ReadDatabases = async (connectionPool, settings) => {
  const entries = await search(connectionPool, 'cn=config', {
    filter: '(olcSuffix=*)',
    attributes: ['olcSuffix', 'olcDbIndex'],
  })
  const databases = entries.flatMap(entry => {
    const indexed = new Set(indexedBy(valuesOf(entry, 'olcDbIndex')))
    return valuesOf(entry, 'olcSuffix').map(suffix => ({ suffix, indexed }))
  })
  const holdsPeople = populationNames.some(
    name => databasesOf(settings.populations[name].base, databases).length > 0,
  )
  return holdsPeople ? databases : []
}

const read389Databases: ReadDatabases = async connectionPool => {
  const root = 'cn=ldbm database,cn=plugins,cn=config'
  const [backends, indexes] = await Promise.all([
    search(connectionPool, root, {
      scope: 'one',
      filter: '(nsslapd-suffix=*)',
      attributes: ['nsslapd-suffix'],
    }),
    search(connectionPool, root, {
      filter: '(objectClass=nsIndex)',
      attributes: ['cn', 'nsIndexType'],
    }),
  ])
  const namesBelow = (dn: string) =>
    new Set(
      indexes
        .filter(index => isWithin(index.dn, dn) && valuesOf(index, 'nsIndexType').includes('eq'))
        .flatMap(index => valuesOf(index, 'cn').map(name => name.toLowerCase())),
    )
  if (indexes.length === 0) return []
  return backends.length > 0
    ? backends.flatMap(backend =>
        valuesOf(backend, 'nsslapd-suffix').map(suffix => ({ suffix, indexed: namesBelow(backend.dn) })),
      )
    : [{ suffix: null, indexed: namesBelow(root) }]
}

/** Of an OpenLDAP or a 389 DS. */
export const readDatabases: ReadDatabases = async (connectionPool, settings) => {
  const found = await readOpenLdapDatabases(connectionPool, settings)
  return found.length > 0 ? found : read389Databases(connectionPool, settings)
}

/** Those that a search below this base reads: the one that holds the base, and those of branches below it. */
const databasesOf = (base: string, databases: readonly Database[]) => {
  const [holder] = databases
    .filter(({ suffix }) => suffix === null || isWithin(base, suffix))
    .sort((a, b) => (parseDn(b.suffix ?? '')?.length ?? 0) - (parseDn(a.suffix ?? '')?.length ?? 0))
  const below = databases.filter(one => one !== holder && one.suffix !== null && isWithin(one.suffix, base))
  return holder ? [holder, ...below] : below
}

/** fATTINDEX (MS-ADTS §2.2.9). */
const indexFlag = 1

/** Of an Active Directory, whose schema everybody may read. */
export const readActiveDirectoryDatabases: ReadDatabases = async (connectionPool, settings) => {
  const [root] = await search(connectionPool, '', { scope: 'base', attributes: ['schemaNamingContext'] })
  const [schema = ''] = root ? valuesOf(root, 'schemaNamingContext') : []
  const filters = searchedAttributes(settings).map(
    value => new EqualityFilter({ attribute: 'lDAPDisplayName', value }),
  )
  const found = await search(connectionPool, schema, {
    scope: 'one',
    filter: new OrFilter({ filters }),
    attributes: ['lDAPDisplayName', 'searchFlags'],
  })
  const indexed = found.filter(entry =>
    valuesOf(entry, 'searchFlags').some(flags => (Number(flags) & indexFlag) !== 0),
  )
  const names = indexed.flatMap(entry => valuesOf(entry, 'lDAPDisplayName').map(name => name.toLowerCase()))
  return found.length > 0 ? [{ suffix: null, indexed: new Set(names) }] : []
}

/** What a journey searches by: each number, the login, and the id by which an entry is read again. */
const searchedAttributes = ({ numbers, attributes }: PeopleSettings) => [
  ...new Set([...Object.values(numbers).map(({ attribute }) => attribute), attributes.login, attributes.id]),
]

/** The databases in which a journey searches by this attribute: a number in its population alone, a login and an id in each. */
const databasesSearchedBy = (
  attribute: string,
  { numbers, attributes, populations }: PeopleSettings,
  databases: readonly Database[],
) => {
  const isEverywhere = [attributes.login, attributes.id].includes(attribute)
  const searched = populationNames.filter(
    name =>
      isEverywhere ||
      Object.values(numbers).some(one => one.attribute === attribute && one.population === name),
  )
  return [...new Set(searched.flatMap(name => databasesOf(populations[name].base, databases)))]
}

/** Whether the directory has an index of what journeys search by. Without, each search reads every entry. */
export const createIndexCheck =
  (settings: PeopleSettings, connectionPool: ConnectionPool, read: ReadDatabases, bindDn: string) =>
  async (): Promise<Finding[]> => {
    const searched = searchedAttributes(settings)
    const databases = await read(connectionPool, settings)
    if (databases.length === 0)
      return [
        report('index-unknown', {
          means: `The server does not show which attributes are indexed. Journeys search by ${searched.join(', ')}.`,
          values: { bindDn, attributes: searched.join(',') },
        }),
      ]
    const missing = searched.flatMap(attribute => {
      const without = databasesSearchedBy(attribute, settings, databases).filter(
        ({ indexed }) => !indexed.has(attribute.toLowerCase()),
      )
      return without.length > 0
        ? [{ attribute, suffixes: without.flatMap(({ suffix }) => suffix ?? []) }]
        : []
    })
    return missing.length > 0
      ? missing.map(({ attribute, suffixes }) =>
          report('index', {
            subject: attribute,
            means: `A search by ${attribute} reads every entry${suffixes.length > 0 ? ` of ${suffixes.join(' and ')}` : ''}: with many people journeys are slow, and the directory may refuse them.`,
            values: { attribute },
          }),
        )
      : [good('index', `What journeys search by is indexed: ${searched.join(', ')}.`)]
  }
