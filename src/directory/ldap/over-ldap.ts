import type { ResultCodeError } from 'ldapts'
import { ok, type Result, refused } from '../../result.ts'
import type { BindResult, Directory, PasswordWriteResult, PersonId, WriteRefusal } from '../directory.ts'
import { createLockoutReader, type Lockout } from '../lockout.ts'
import type { Connection } from './connection.ts'
import {
  type ConnectionPool,
  isServerAnswer,
  longestCall,
  openConnectionPool,
  UnreachableError,
} from './connection-pool.ts'
import { createDnCache } from './dn-cache.ts'
import type { EntryMapper } from './entry.ts'
import { createPeopleFinder } from './people.ts'
import { isBusy } from './refusals.ts'
import { openServiceConnections } from './service.ts'
import type { ConnectionSettings } from './settings.ts'

export type WriteAnswer = Result<object, WriteRefusal>

/** What one kind of server does its own way. Its own answers are values here; faults of the way are thrown on. */
export type ServerAdapter = {
  /** False while the server has not been seen to treat passwords as it must. */
  mayWrite(): Promise<boolean>
  write(link: Connection, dn: string, password: string, old?: string): Promise<WriteAnswer>
  bind(link: Connection, dn: string, password: string): Promise<BindResult>
  check: Directory['check']
  /** The rule by which it shuts accounts; `null` when the portal's account may not read it. */
  lockout(): Promise<Lockout | null>
}

type Deps = {
  readonly connectionSettings: ConnectionSettings
  readonly entryMapper: EntryMapper
  readonly createAdapter: (service: ConnectionPool) => ServerAdapter
  /** What the configuration says of the lock-out, where it cannot be read. */
  readonly lockout?: Lockout | undefined
}

/** What the server said about one request, as a value. */
export const mapServerAnswer = <T>(
  work: Promise<T>,
  said: (answer: ResultCodeError) => T | Promise<T>,
): Promise<T> =>
  work.catch(fault => {
    if (isServerAnswer(fault) && !isBusy(fault.code)) return said(fault)
    throw fault
  })

const unavailable = (fault: unknown) => {
  if (fault instanceof UnreachableError || isServerAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

/** A bind that left and had no answer may have been judged, and counted against its account. */
const bindFailure = (fault: unknown): BindResult => {
  if (fault instanceof UnreachableError && fault.sent)
    return { ok: false, reason: 'directory-unavailable', sent: true }
  return unavailable(fault)
}

const writeFailure = (fault: unknown): PasswordWriteResult => {
  if (isServerAnswer(fault)) return refused('outcome-unknown')
  if (fault instanceof UnreachableError)
    return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

/** A directory behind LDAP: people are found the same way in all of them, passwords are written in the server's manner. */
export const openDirectoryOverLdap = ({
  connectionSettings,
  entryMapper,
  createAdapter: dialect,
  lockout,
}: Deps): Directory => {
  const service = openServiceConnections(connectionSettings)
  const personConnections = openConnectionPool(connectionSettings)
  const people = createPeopleFinder(entryMapper, service)
  const adapter = dialect(service)
  const longest = longestCall(connectionSettings)
  const deadline = () => AbortSignal.timeout(longest)
  const absentDn = `cn=nobody,${entryMapper.settings.populations.student.base}`
  const recentDns = createDnCache(entryMapper.now)
  const lockoutRule = createLockoutReader({
    read: adapter.lockout,
    configured: lockout,
    now: entryMapper.now,
  })

  const locate = async (id: PersonId, signal: AbortSignal) => {
    const location = await people.locate(id, signal).catch(unavailable)
    return location && 'ok' in location ? location : ok({ place: location })
  }

  const writeTo = async (
    [id, dn]: readonly [PersonId, string],
    signal: AbortSignal,
    given: readonly [string, string | undefined],
  ): Promise<PasswordWriteResult> => {
    if (!(await adapter.mayWrite())) return refused('directory-not-allowed')
    return service
      .with(
        async (link): Promise<PasswordWriteResult> => {
          const said = await adapter.write(link, dn, ...given)
          if (said.ok) recentDns.put(id, dn)
          return said.ok ? ok({ server: link.server }) : said
        },
        { retry: false, signal },
      )
      .catch(writeFailure)
  }

  const bindAs = (dn: string, value: string, options: { signal: AbortSignal; server: string | undefined }) =>
    personConnections
      .with((link): Promise<BindResult> => adapter.bind(link, dn, value), { ...options, retry: true })
      .catch(bindFailure)

  return {
    longest,
    find: (kind, number) => people.byNumber(kind, number).then(found => ok({ people: found }), unavailable),
    findLogin: async login => {
      const found = await people.byLogin(login, deadline()).then(person => ok({ person }), unavailable)
      return found.ok ? ok({ person: found.person, lockout: await lockoutRule() }) : found
    },
    read: async id => {
      const found = await locate(id, deadline())
      if (!found.ok) return found
      if (found.place) recentDns.put(id, found.place.dn)
      return ok({ person: found.place?.person ?? null })
    },
    write: async (id, value, old) => {
      const signal = deadline()
      const kept = recentDns.take(id)
      const first = kept && (await writeTo([id, kept], signal, [value, old]))
      // Refused where it was just seen, the entry may have been renamed since: once more where it is now.
      if (first && (first.ok || first.reason !== 'directory-not-allowed')) return first
      const found = await locate(id, signal)
      if (!found.ok) return found
      if (!found.place || found.place.dn === kept) return first || refused('directory-not-allowed')
      return writeTo([id, found.place.dn], signal, [value, old])
    },
    bind: async (id, value, server) => {
      // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
      if (value === '') return refused('wrong-password')
      const options = { signal: deadline(), server }
      // Only the proof of a write names its server. At any other bind a place kept for the known alone would tell who is known.
      const kept = server ? recentDns.take(id) : null
      const first = kept && (await bindAs(kept, value, options))
      if (first && (first.ok || first.reason !== 'wrong-password')) return first
      const found = await locate(id, options.signal)
      if (!found.ok) return found
      if (first && found.place?.dn === kept) return first
      // Nobody is bound as well, under a name that no entry bears: one request more or less would tell.
      return bindAs(found.place?.dn ?? absentDn, value, options)
    },
    ping: () =>
      service
        .with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), { retry: true })
        .then(
          () => true,
          () => false,
        ),
    check: adapter.check,
    close: async () => {
      await service.close()
      await personConnections.close()
    },
  }
}
