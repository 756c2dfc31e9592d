import { readFileSync } from 'node:fs'
import {
  AndFilter,
  Attribute,
  Change,
  EqualityFilter,
  type Filter,
  FilterParser,
  OrFilter,
  PasswordPolicyControl,
} from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Bound, Directory, Person, PersonId, Population, Written } from '../directory.ts'
import { checkHashing, checkLdap } from './check.ts'
import { askedAttributes, type Entry, personIn } from './entry.ts'
import { isAnswer, type Links, openLinks, Unreachable } from './links.ts'
import { passwordModifyOid, passwordModifyRequest } from './password-modify.ts'
import { bindRefusal, boundWith, writeRefusal } from './refusals.ts'
import type { LdapSettings } from './settings.ts'
import { spellingsOf } from './spellings.ts'

/** OpenLDAP or 389 DS, with SupAnn people, as the source of truth. */
const populations: readonly Population[] = ['student', 'staff', 'external']

const equals = (attribute: string, value: string) => new EqualityFilter({ attribute, value })

const secretIn = (file: string) => readFileSync(file, 'utf8').replace(/\r?\n$/, '')

const unavailable = (fault: unknown) => {
  if (fault instanceof Unreachable || isAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

export const ldapDirectory = (settings: LdapSettings, now: () => number = Date.now): Directory => {
  const password = secretIn(settings.passwordFile)
  const service = openLinks(settings, async ({ client }) => client.bind(settings.bindDn, password))
  const persons = openLinks(settings)
  const attributes = askedAttributes(settings)
  const { id: idAttribute, login: loginAttribute } = settings.attributes
  const scopes = new Map(
    populations.map(population => {
      const { base, filter } = settings.populations[population]
      return [population, { base, filter: FilterParser.parseString(filter) }]
    }),
  )

  const search = (links: Links, base: string, filter: Filter, sizeLimit: number) =>
    links.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit })).searchEntries as Entry[],
      { again: true },
    )

  const within = async (population: Population, filter: Filter) => {
    const scope = scopes.get(population)
    if (!scope) return []
    return search(service, scope.base, new AndFilter({ filters: [scope.filter, filter] }), 2)
  }

  /** Where each entry was last seen, to look there first; a guess that costs a search when it is wrong. */
  const whereSeen = new Map<string, Population>()
  const personFrom = (entry: Entry, population: Population) => {
    const person = personIn(entry, settings, [population], now())
    if (whereSeen.size > 20_000) whereSeen.clear()
    if (person) whereSeen.set(person.id, population)
    return person
  }

  /** Where the entry is now, and who it is: a DN kept from earlier may have been renamed. */
  const locate = async (id: PersonId): Promise<{ dn: string; person: Person } | null> => {
    const seen = whereSeen.get(id)
    for (const population of seen ? [seen, ...populations.filter(other => other !== seen)] : populations) {
      const [entry] = await within(population, equals(idAttribute, id))
      const person = entry && personFrom(entry, population)
      if (entry && person) return { dn: entry.dn, person }
    }
    return null
  }

  const send = (dn: string, value: string, control: PasswordPolicyControl) =>
    service.with(
      async ({ client, server }) => {
        if (settings.passwordWrite === 'exop')
          await client.exop(passwordModifyOid, passwordModifyRequest(dn, value), [control])
        else {
          const modification = new Attribute({ type: 'userPassword', values: [value] })
          await client.modify(dn, new Change({ operation: 'replace', modification }), [control])
        }
        return server
      },
      { again: false },
    )

  /** Clear text is sent only to a server that this process has seen hash it. */
  let hashing: Promise<boolean> | undefined
  const mayWrite = () => {
    if (settings.passwordWrite === 'exop') return true
    hashing ??= checkHashing(settings, service).then(
      ({ level }) => level === 'good',
      () => false,
    )
    return hashing.then(proved => {
      if (!proved) hashing = undefined
      return proved
    })
  }

  const write = async (id: PersonId, value: string): Promise<Written> => {
    const place = await locate(id).catch(unavailable)
    if (place && 'ok' in place) return place
    if (!place || !(await mayWrite())) return refused('directory-not-allowed')
    const control = new PasswordPolicyControl()
    try {
      return ok({ server: await send(place.dn, value, control) })
    } catch (fault) {
      if (isAnswer(fault))
        return isBusy(fault.code) ? refused('outcome-unknown') : refused(writeRefusal(fault, control))
      if (fault instanceof Unreachable)
        return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
      throw fault
    }
  }

  const bindAs = async (dn: string, value: string, server: string | undefined): Promise<Bound> => {
    const control = new PasswordPolicyControl()
    try {
      await persons.with(({ client }) => client.bind(dn, value, [control]), { server, again: true })
      return boundWith(control)
    } catch (fault) {
      if (isAnswer(fault)) return isBusy(fault.code) ? refused('directory-unavailable') : bindRefusal(control)
      return unavailable(fault)
    }
  }

  return {
    find: async (kind, number) => {
      const { attribute, population, ...how } = settings.numbers[kind]
      const filters = spellingsOf(number, how).map(spelling => equals(attribute, spelling))
      try {
        const entries = await within(population, new OrFilter({ filters }))
        return ok({ people: entries.flatMap(entry => personFrom(entry, population) ?? []) })
      } catch (fault) {
        return unavailable(fault)
      }
    },
    findLogin: async login => {
      try {
        const found = new Map<string, Person>()
        for (const population of populations)
          for (const entry of await within(population, equals(loginAttribute, login))) {
            const person = personFrom(entry, population)
            if (person) found.set(person.id, person)
          }
        const [only] = [...found.values()]
        return ok({ person: found.size === 1 && only ? only : null })
      } catch (fault) {
        return unavailable(fault)
      }
    },
    read: async id => {
      try {
        return ok({ person: (await locate(id))?.person ?? null })
      } catch (fault) {
        return unavailable(fault)
      }
    },
    write,
    bind: async (id, value, server) => {
      // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
      if (value === '') return refused('wrong-password')
      const place = await locate(id).catch(unavailable)
      if (place && 'ok' in place) return place
      // Nobody is bound as well, under a name that no entry bears: one request more or less would tell.
      return bindAs(place?.dn ?? `uid=nobody,${settings.populations.student.base}`, value, server)
    },
    ping: () =>
      service
        .with(
          ({ client }) =>
            client.search('', { scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] }),
          { again: true },
        )
        .then(
          () => true,
          () => false,
        ),
    check: () => checkLdap(settings, service),
    close: async () => {
      await service.close()
      await persons.close()
    },
  }
}

/** busy, unavailable, other: the server's own trouble, not a word about the password. */
const isBusy = (code: number) => code === 51 || code === 52 || code === 80
