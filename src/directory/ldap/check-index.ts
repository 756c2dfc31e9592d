import { EqualityFilter, OrFilter, type SearchOptions } from 'ldapts'
import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { good } from './check-connection.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { isWithin } from './dn.ts'
import { populationNames } from './sampler.ts'
import type { PeopleSettings } from './settings.ts'

/** The attributes with an index for equality, in lower case; `null`: the server does not show them. */
type ReadIndexes = (
  connectionPool: ConnectionPool,
  settings: PeopleSettings,
) => Promise<ReadonlySet<string> | null>

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

const readOpenLdapIndexes: ReadIndexes = async (connectionPool, settings) => {
  const databases = await search(connectionPool, 'cn=config', {
    filter: '(olcSuffix=*)',
    attributes: ['olcSuffix', 'olcDbIndex'],
  })
  const own = databases.filter(database =>
    populationNames.some(name =>
      valuesOf(database, 'olcSuffix').some(suffix => isWithin(settings.populations[name].base, suffix)),
    ),
  )
  return own.length > 0 ? new Set(own.flatMap(database => indexedBy(valuesOf(database, 'olcDbIndex')))) : null
}

const read389Indexes: ReadIndexes = async connectionPool => {
  const indexes = await search(connectionPool, 'cn=ldbm database,cn=plugins,cn=config', {
    filter: '(objectClass=nsIndex)',
    attributes: ['cn', 'nsIndexType'],
  })
  const forEquality = indexes.filter(index => valuesOf(index, 'nsIndexType').includes('eq'))
  const names = forEquality.flatMap(index => valuesOf(index, 'cn').map(name => name.toLowerCase()))
  return indexes.length > 0 ? new Set(names) : null
}

/** Of an OpenLDAP or a 389 DS. */
export const readIndexes: ReadIndexes = async (connectionPool, settings) =>
  (await readOpenLdapIndexes(connectionPool, settings)) ?? read389Indexes(connectionPool, settings)

/** fATTINDEX (MS-ADTS §2.2.9). */
const indexFlag = 1

/** Of an Active Directory, whose schema everybody may read. */
export const readActiveDirectoryIndexes: ReadIndexes = async (connectionPool, settings) => {
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
  return found.length > 0 ? new Set(names) : null
}

/** What a journey searches by: each number, the login, and the id by which an entry is read again. */
const searchedAttributes = ({ numbers, attributes }: PeopleSettings) => [
  ...new Set([...Object.values(numbers).map(({ attribute }) => attribute), attributes.login, attributes.id]),
]

/** Whether the directory has an index of what journeys search by. Without, each search reads every entry. */
export const createIndexCheck =
  (settings: PeopleSettings, connectionPool: ConnectionPool, read: ReadIndexes, bindDn: string) =>
  async (): Promise<Finding[]> => {
    const searched = searchedAttributes(settings)
    const indexed = await read(connectionPool, settings)
    if (indexed === null)
      return [
        report('index-unknown', {
          means: `The server does not show which attributes are indexed. Journeys search by ${searched.join(', ')}.`,
          values: { bindDn, attributes: searched.join(',') },
        }),
      ]
    const missing = searched.filter(attribute => !indexed.has(attribute.toLowerCase()))
    return missing.length > 0
      ? missing.map(attribute =>
          report('index', {
            subject: attribute,
            means: `A search by ${attribute} reads every entry: with many people journeys are slow, and the directory may refuse them.`,
            values: { attribute },
          }),
        )
      : [good('index', `What journeys search by is indexed: ${searched.join(', ')}.`)]
  }
