import { Attribute, Change, NoSuchObjectError, SizeLimitExceededError } from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Population } from '../directory.ts'
import type { Entries, EntryChange } from '../entries.ts'
import { isAnswer, Unreachable } from './connection-pool.ts'
import { plainDialect } from './dialect.ts'
import { type Entry, valuesOf } from './entry.ts'
import { ldapPeople } from './people.ts'
import { isBusy } from './refusals.ts'
import { serviceConnections } from './service.ts'
import type { LdapSettings } from './settings.ts'

/** Few: the directory's own requests have the pool of the settings. */
const connections = 2
const page = 500

const unavailable = (fault: unknown) => {
  if (fault instanceof Unreachable || isAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

const refusedChange = (fault: unknown) => {
  if (isAnswer(fault)) return refused(isBusy(fault.code) ? 'outcome-unknown' : 'directory-not-allowed')
  if (fault instanceof Unreachable) return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

const changeFrom = ({ how, attribute, values }: EntryChange) =>
  new Change({ operation: how, modification: new Attribute({ type: attribute, values: [...values] }) })

/** The entries of an OpenLDAP or a 389 DS, over connections of their own. */
export const ldapEntries = (settings: LdapSettings, now: () => number = Date.now): Entries => {
  const connectionPool = serviceConnections({ ...settings, pool: connections })
  const people = ldapPeople({ settings, dialect: plainDialect(settings.attributes.id), now }, connectionPool)

  const attributesOf = (dn: string, attributes: readonly string[], signal: AbortSignal) =>
    connectionPool
      .with(
        async ({ client }) =>
          (await client.search(dn, { scope: 'base', attributes: [...attributes] })).searchEntries as Entry[],
        { again: true, signal },
      )
      .catch(fault => {
        if (fault instanceof NoSuchObjectError) return []
        throw fault
      })

  const counted = async (population: Population, filter: string) => {
    const scope = settings.populations[population]
    let count = 0
    const pages = async () =>
      connectionPool.with(
        async ({ client }) => {
          const both = `(&${scope.filter}${filter})`
          const found = client.searchPaginated(scope.base, {
            ...{ scope: 'sub', filter: both, attributes: ['1.1'], paged: { pageSize: page } },
          })
          for await (const { searchEntries } of found) count += searchEntries.length
        },
        { again: false },
      )
    try {
      await pages()
      return ok({ count, more: false })
    } catch (fault) {
      if (fault instanceof SizeLimitExceededError) return ok({ count, more: true })
      return unavailable(fault)
    }
  }

  return {
    read: async (id, attributes, signal) => {
      try {
        const place = await people.locate(id, signal)
        const [entry] = place ? await attributesOf(place.dn, attributes, signal) : []
        if (!(place && entry)) return ok({ entry: null })
        const { dn, person } = place
        const held = (attribute: string) => valuesOf(entry, attribute)
        return ok({ entry: { dn, privileged: person.privileged, valuesOf: held } })
      } catch (fault) {
        return unavailable(fault)
      }
    },
    change: (dn, changes, signal) =>
      connectionPool
        .with(
          async ({ client, server }) => {
            await client.modify(dn, changes.map(changeFrom))
            return ok({ server })
          },
          { again: false, signal },
        )
        .catch(refusedChange),
    holds: ({ dn, attribute, value }, server, signal) =>
      connectionPool
        .with(({ client }) => client.compare(dn, attribute, value), { server, again: true, signal })
        .then(holds => ok({ holds }), unavailable),
    count: counted,
    close: connectionPool.close,
  }
}
