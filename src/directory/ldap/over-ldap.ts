import type { ResultCodeError } from 'ldapts'
import { ok, type Result, refused } from '../../result.ts'
import type { Bound, Directory, PersonId, WriteRefusal, Written } from '../directory.ts'
import type { Reading } from './entry.ts'
import type { Link } from './link.ts'
import { isAnswer, type Links, longestOf, openLinks, Unreachable } from './links.ts'
import { ldapPeople } from './people.ts'
import { isBusy } from './refusals.ts'
import { serviceLinks } from './service.ts'
import type { Reach } from './settings.ts'

export type Said = Result<object, WriteRefusal>

/** What one kind of server does its own way. Its own answers are values here; faults of the way are thrown on. */
export type Manner = {
  /** False while the server has not been seen to treat passwords as it must. */
  mayWrite(): Promise<boolean>
  write(link: Link, dn: string, password: string, old?: string): Promise<Said>
  bind(link: Link, dn: string, password: string): Promise<Bound>
  check: Directory['check']
}

type Parts = {
  readonly reach: Reach
  readonly reading: Reading
  readonly manner: (service: Links) => Manner
}

/** What the server said about one request, as a value. */
export const answered = <T>(
  work: Promise<T>,
  said: (answer: ResultCodeError) => T | Promise<T>,
): Promise<T> =>
  work.catch(fault => {
    if (isAnswer(fault) && !isBusy(fault.code)) return said(fault)
    throw fault
  })

const unavailable = (fault: unknown) => {
  if (fault instanceof Unreachable || isAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

const lostWrite = (fault: unknown): Written => {
  if (isAnswer(fault)) return refused('outcome-unknown')
  if (fault instanceof Unreachable) return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

/** A directory behind LDAP: people are found the same way in all of them, passwords are written in the server's manner. */
export const directoryOverLdap = ({ reach, reading, manner }: Parts): Directory => {
  const service = serviceLinks(reach)
  const persons = openLinks(reach)
  const people = ldapPeople(reading, service)
  const own = manner(service)
  const longest = longestOf(reach)
  const deadline = () => AbortSignal.timeout(longest)
  const nobody = `cn=nobody,${reading.settings.populations.student.base}`

  return {
    longest,
    find: (kind, number) => people.byNumber(kind, number).then(found => ok({ people: found }), unavailable),
    findLogin: login => people.byLogin(login, deadline()).then(person => ok({ person }), unavailable),
    read: id =>
      people.locate(id, deadline()).then(place => ok({ person: place?.person ?? null }), unavailable),
    write: async (id: PersonId, value: string, old?: string): Promise<Written> => {
      const signal = deadline()
      const place = await people.locate(id, signal).catch(unavailable)
      if (place && 'ok' in place) return place
      if (!(place && (await own.mayWrite()))) return refused('directory-not-allowed')
      return service
        .with(
          async link => {
            const said = await own.write(link, place.dn, value, old)
            return said.ok ? ok({ server: link.server }) : said
          },
          { again: false, signal },
        )
        .catch(lostWrite)
    },
    bind: async (id, value, server) => {
      // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
      if (value === '') return refused('wrong-password')
      const signal = deadline()
      const place = await people.locate(id, signal).catch(unavailable)
      if (place && 'ok' in place) return place
      // Nobody is bound as well, under a name that no entry bears: one request more or less would tell.
      return persons
        .with(link => own.bind(link, place?.dn ?? nobody, value), { server, again: true, signal })
        .catch(unavailable)
    },
    ping: () =>
      service
        .with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), { again: true })
        .then(
          () => true,
          () => false,
        ),
    check: own.check,
    close: async () => {
      await service.close()
      await persons.close()
    },
  }
}
