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
import { ldapFaultSentence } from './fault.ts'
import { createPeopleFinder } from './people.ts'
import { isBusy } from './refusals.ts'
import { openPortalConnections } from './service.ts'
import type { ConnectionSettings } from './settings.ts'

export type WriteAnswer = Result<object, WriteRefusal>

/** The operations that differ between kinds of server. LDAP results are returned as values; network faults are thrown. */
export type ServerAdapter = {
  /** False until the server is verified to hash a password that it receives in clear text. */
  mayWrite(): Promise<boolean>
  write(connection: Connection, dn: string, password: string, old?: string): Promise<WriteAnswer>
  bind(connection: Connection, dn: string, password: string): Promise<BindResult>
  check: Directory['check']
  /** The lockout policy; `null` when the portal's account may not read it. */
  lockout(): Promise<Lockout | null>
}

type Deps = {
  readonly connectionSettings: ConnectionSettings
  readonly entryMapper: EntryMapper
  readonly createAdapter: (service: ConnectionPool) => ServerAdapter
  /** The configured lockout policy, for a directory where it cannot be read. */
  readonly lockout?: Lockout | undefined
}

/** Turns an LDAP result into a value by `map`; other faults, and those of a busy server, are thrown. */
export const mapServerAnswer = <T>(
  work: Promise<T>,
  map: (answer: ResultCodeError) => T | Promise<T>,
): Promise<T> =>
  work.catch(fault => {
    if (isServerAnswer(fault) && !isBusy(fault.code)) return map(fault)
    throw fault
  })

const unavailable = (fault: unknown) => {
  if (fault instanceof UnreachableError || isServerAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

/** A bind that was sent and had no answer may have been counted as a failure of its account. */
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

/** A directory behind LDAP: people are found the same way on every server; the adapter binds and writes passwords. */
export const openDirectoryOverLdap = ({
  connectionSettings,
  entryMapper,
  createAdapter,
  lockout,
}: Deps): Directory => {
  const service = openPortalConnections(connectionSettings)
  const personConnections = openConnectionPool(connectionSettings)
  const people = createPeopleFinder(entryMapper, service)
  const adapter = createAdapter(service)
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
    return location && 'ok' in location ? location : ok({ location })
  }

  const writeTo = async (
    [id, dn]: readonly [PersonId, string],
    signal: AbortSignal,
    passwords: readonly [string, string | undefined],
  ): Promise<PasswordWriteResult> => {
    if (!(await adapter.mayWrite())) return refused('directory-not-allowed')
    return service
      .with(
        async (connection): Promise<PasswordWriteResult> => {
          const answer = await adapter.write(connection, dn, ...passwords)
          if (answer.ok) recentDns.put(id, dn)
          return answer.ok ? ok({ server: connection.server }) : answer
        },
        { retry: false, signal },
      )
      .catch(writeFailure)
  }

  const bindAs = (dn: string, value: string, options: { signal: AbortSignal; server: string | undefined }) =>
    personConnections
      .with((connection): Promise<BindResult> => adapter.bind(connection, dn, value), {
        ...options,
        retry: true,
      })
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
      if (found.location) recentDns.put(id, found.location.dn)
      return ok({ person: found.location?.person ?? null })
    },
    write: async (id, value, old) => {
      const signal = deadline()
      const cachedDn = recentDns.take(id)
      const first = cachedDn && (await writeTo([id, cachedDn], signal, [value, old]))
      // Refused at the cached DN, the entry may have been renamed since: one more try at its current DN.
      if (first && (first.ok || first.reason !== 'directory-not-allowed')) return first
      const found = await locate(id, signal)
      if (!found.ok) return found
      if (!found.location || found.location.dn === cachedDn) return first || refused('directory-not-allowed')
      return writeTo([id, found.location.dn], signal, [value, old])
    },
    bind: async (id, value, server) => {
      // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
      if (value === '') return refused('wrong-password')
      const options = { signal: deadline(), server }
      // Only the proof of a write names its server. At any other bind, a cached DN would shorten the answer for people who
      // exist and so reveal them.
      const cachedDn = server ? recentDns.take(id) : null
      const first = cachedDn && (await bindAs(cachedDn, value, options))
      if (first && (first.ok || first.reason !== 'wrong-password')) return first
      const found = await locate(id, options.signal)
      if (!found.ok) return found
      if (first && found.location?.dn === cachedDn) return first
      // For an unknown id the bind is made too, with a DN that no entry has: one request less would reveal it.
      return bindAs(found.location?.dn ?? absentDn, value, options)
    },
    outage: () =>
      service
        .with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), { retry: true })
        .then(() => null, ldapFaultSentence),
    check: adapter.check,
    close: async () => {
      await service.close()
      await personConnections.close()
    },
  }
}
