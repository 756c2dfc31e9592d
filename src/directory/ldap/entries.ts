import { Attribute, Change, NoSuchObjectError, type SearchOptions } from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Entries, EntryChange } from '../entries.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { type ConnectionPool, isServerAnswer, UnreachableError } from './connection-pool.ts'
import { standardDialect } from './dialect.ts'
import { readInPages } from './pages.ts'
import { createPeopleFinder } from './people.ts'
import { isBusy, isLeftToAnother, isUnwilling } from './refusals.ts'
import { openPortalConnections } from './service.ts'
import type { LdapSettings } from './settings.ts'
import { createWriter, notWrittenHere } from './writer.ts'

/** Small, because the directory itself has the pool of the settings. */
const poolSize = 2

const unavailable = (fault: unknown) => {
  if (fault instanceof UnreachableError || isServerAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

const changeFailure = (fault: unknown) => {
  if (isServerAnswer(fault)) return refused(isBusy(fault.code) ? 'outcome-unknown' : 'directory-not-allowed')
  if (fault instanceof UnreachableError)
    return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

/** A server that only reads is unwilling to change anything. */
const leaveToAnother = (fault: unknown) => {
  if (isServerAnswer(fault) && (isLeftToAnother(fault.code) || isUnwilling(fault.code))) return notWrittenHere
  throw fault
}

const toLdapChange = ({ how, attribute, values }: EntryChange) =>
  new Change({ operation: how, modification: new Attribute({ type: attribute, values: [...values] }) })

const createAttributeReader =
  (connectionPool: ConnectionPool) => (dn: string, attributes: readonly string[], signal: AbortSignal) =>
    connectionPool
      .with(
        async ({ client }) =>
          (await client.search(dn, { scope: 'base', attributes: [...attributes] })).searchEntries as Entry[],
        { retry: true, signal },
      )
      .catch(fault => {
        if (fault instanceof NoSuchObjectError) return []
        throw fault
      })

const createPeopleCount =
  (settings: LdapSettings, connectionPool: ConnectionPool): Entries['count'] =>
  async (population, filter) => {
    const scope = settings.populations[population]
    let count = 0
    try {
      const options = {
        scope: 'sub',
        filter: `(&${scope.filter}${filter})`,
        attributes: ['1.1'],
      } satisfies SearchOptions
      const limit = await connectionPool.with(
        ({ client }) =>
          readInPages(client, [scope.base, options], entries => {
            count += entries.length
          }),
        { retry: false },
      )
      return ok({ count, more: limit !== null })
    } catch (fault) {
      return unavailable(fault)
    }
  }

/** The entries of an OpenLDAP or a 389 DS, over connections of their own. */
export const openLdapEntries = (settings: LdapSettings, now: () => number = Date.now): Entries => {
  const connectionPool = openPortalConnections({ ...settings, pool: poolSize })
  const write = createWriter(connectionPool, settings.urls)
  const entryMapper = { settings, dialect: standardDialect(settings), now }
  // Its callers want the DN alone.
  const people = createPeopleFinder(entryMapper, connectionPool, { everyPopulation: false })

  const readAttributes = createAttributeReader(connectionPool)

  return {
    read: async (id, attributes, signal) => {
      try {
        const location = await people.locate(id, signal)
        const [entry] = location ? await readAttributes(location.dn, attributes, signal) : []
        if (!(location && entry)) return ok({ entry: null })
        const { dn, person } = location
        const read = (attribute: string) => valuesOf(entry, attribute)
        return ok({ entry: { dn, privileged: person.privileged, valuesOf: read } })
      } catch (fault) {
        return unavailable(fault)
      }
    },
    change: (dn, changes, signal) =>
      write(
        ({ client, server }) =>
          client.modify(dn, changes.map(toLdapChange)).then(() => ok({ server }), leaveToAnother),
        signal,
      ).catch(changeFailure),
    holds: ({ dn, attribute, value }, server, signal) =>
      connectionPool
        .with(({ client }) => client.compare(dn, attribute, value), { server, retry: true, signal })
        .then(holds => ok({ holds }), unavailable),
    count: createPeopleCount(settings, connectionPool),
    close: connectionPool.close,
  }
}
