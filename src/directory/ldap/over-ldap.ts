import type { ResultCodeError } from 'ldapts'
import { ok, type Result, refused } from '../../result.ts'
import type { Bound, Directory, PersonId, WriteRefusal, Written } from '../directory.ts'
import { type Lockout, lockoutInForce } from '../lockout.ts'
import type { Connection } from './connection.ts'
import {
  type ConnectionPool,
  isAnswer,
  longestOf,
  openConnectionPool,
  Unreachable,
} from './connection-pool.ts'
import { dnCache } from './dn-cache.ts'
import type { EntryMapper } from './entry.ts'
import { ldapPeople } from './people.ts'
import { isBusy } from './refusals.ts'
import { serviceConnections } from './service.ts'
import type { ConnectionSettings } from './settings.ts'

export type Said = Result<object, WriteRefusal>

/** What one kind of server does its own way. Its own answers are values here; faults of the way are thrown on. */
export type LdapDialect = {
  /** False while the server has not been seen to treat passwords as it must. */
  mayWrite(): Promise<boolean>
  write(link: Connection, dn: string, password: string, old?: string): Promise<Said>
  bind(link: Connection, dn: string, password: string): Promise<Bound>
  check: Directory['check']
  /** The rule by which it shuts accounts; `null` when the portal's account may not read it. */
  lockout(): Promise<Lockout | null>
}

type Deps = {
  readonly connectionSettings: ConnectionSettings
  readonly entryMapper: EntryMapper
  readonly dialect: (service: ConnectionPool) => LdapDialect
  /** What the configuration says of the lock-out, where it cannot be read. */
  readonly lockout?: Lockout | undefined
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

/** A bind that left and had no answer may have been judged, and counted against its account. */
const lostBind = (fault: unknown): Bound => {
  if (fault instanceof Unreachable && fault.sent)
    return { ok: false, reason: 'directory-unavailable', sent: true }
  return unavailable(fault)
}

const lostWrite = (fault: unknown): Written => {
  if (isAnswer(fault)) return refused('outcome-unknown')
  if (fault instanceof Unreachable) return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

/** A directory behind LDAP: people are found the same way in all of them, passwords are written in the server's manner. */
export const directoryOverLdap = ({ connectionSettings, entryMapper, dialect, lockout }: Deps): Directory => {
  const service = serviceConnections(connectionSettings)
  const persons = openConnectionPool(connectionSettings)
  const people = ldapPeople(entryMapper, service)
  const own = dialect(service)
  const longest = longestOf(connectionSettings)
  const deadline = () => AbortSignal.timeout(longest)
  const nobody = `cn=nobody,${entryMapper.settings.populations.student.base}`
  const seen = dnCache(entryMapper.now)
  const lockoutRule = lockoutInForce({ read: own.lockout, configured: lockout, now: entryMapper.now })

  const placeOf = async (id: PersonId, signal: AbortSignal) => {
    const place = await people.locate(id, signal).catch(unavailable)
    return place && 'ok' in place ? place : ok({ place })
  }

  const writeAt = async (
    [id, dn]: readonly [PersonId, string],
    signal: AbortSignal,
    given: readonly [string, string | undefined],
  ): Promise<Written> => {
    if (!(await own.mayWrite())) return refused('directory-not-allowed')
    return service
      .with(
        async (link): Promise<Written> => {
          const said = await own.write(link, dn, ...given)
          if (said.ok) seen.keep(id, dn)
          return said.ok ? ok({ server: link.server }) : said
        },
        { again: false, signal },
      )
      .catch(lostWrite)
  }

  const bindAt = (dn: string, value: string, options: { signal: AbortSignal; server: string | undefined }) =>
    persons
      .with((link): Promise<Bound> => own.bind(link, dn, value), { ...options, again: true })
      .catch(lostBind)

  return {
    longest,
    find: (kind, number) => people.byNumber(kind, number).then(found => ok({ people: found }), unavailable),
    findLogin: async login => {
      const found = await people.byLogin(login, deadline()).then(person => ok({ person }), unavailable)
      return found.ok ? ok({ person: found.person, lockout: await lockoutRule() }) : found
    },
    read: async id => {
      const found = await placeOf(id, deadline())
      if (!found.ok) return found
      if (found.place) seen.keep(id, found.place.dn)
      return ok({ person: found.place?.person ?? null })
    },
    write: async (id, value, old) => {
      const signal = deadline()
      const kept = seen.take(id)
      const first = kept && (await writeAt([id, kept], signal, [value, old]))
      // Refused where it was just seen, the entry may have been renamed since: once more where it is now.
      if (first && (first.ok || first.reason !== 'directory-not-allowed')) return first
      const found = await placeOf(id, signal)
      if (!found.ok) return found
      if (!found.place || found.place.dn === kept) return first || refused('directory-not-allowed')
      return writeAt([id, found.place.dn], signal, [value, old])
    },
    bind: async (id, value, server) => {
      // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
      if (value === '') return refused('wrong-password')
      const options = { signal: deadline(), server }
      // Only the proof of a write names its server. At any other bind a place kept for the known alone would tell who is known.
      const kept = server ? seen.take(id) : null
      const first = kept && (await bindAt(kept, value, options))
      if (first && (first.ok || first.reason !== 'wrong-password')) return first
      const found = await placeOf(id, options.signal)
      if (!found.ok) return found
      if (first && found.place?.dn === kept) return first
      // Nobody is bound as well, under a name that no entry bears: one request more or less would tell.
      return bindAt(found.place?.dn ?? nobody, value, options)
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
